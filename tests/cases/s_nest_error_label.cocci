@@
expression x;
@@
  begin(x);
  <...
- step(x);
+ step_once(x);
  ...>
  end(x);
