@@
expression x;
statement S1, S2;
@@
  if (ready(x)) S1
- else S2
