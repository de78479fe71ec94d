"""The faces of the program: text, HTML, progress. They format what commands return."""
