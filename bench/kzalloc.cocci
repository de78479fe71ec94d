// Charge zeroed memory to the memory cgroup
@@
expression size, flags;
@@
- kzalloc(size, flags)
+ kzalloc(size, flags | __GFP_ACCOUNT)
