"""Words, commits, mails, recipients."""
