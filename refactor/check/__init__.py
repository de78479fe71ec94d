"""What is wrong in a tree: findings, from what it has and the data of `rules/findings/`."""
