@@
typedef u32, be32;
@@
- u32
+ be32
