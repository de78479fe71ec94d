"""What is wrong in a tree: findings, from a survey of it and the data of `rules/findings/`."""
