"""What a script rule of a semantic patch reports, read as data.

A script is Python by its syntax, and that is all of Python there is to it: the text is read with
`ast`, checked against the few things that reports are made of, and worked out here. Nothing of it
is compiled or executed, it can reach no object of ours but strings, numbers and positions, and as
there is no `while` and no recursion it always ends. What is more than that is refused at load.
"""
