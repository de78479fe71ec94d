// The rewrite of the calls alone, for comparison: no helper, no prototype, no override, no
// messages, no series. What the functions are called is known in advance here.

@@
identifier f =~ "^(module_alloc|__module_alloc|module_map)$";
expression size, align, start, end, gfp, prot, node, caller;
@@
f(...) {
<...
__vmalloc_node_range(size, align, start, end, gfp, prot,
(
- 0
+ arch_module_vm_flags()
|
- VM_FLUSH_RESET_PERMS
+ arch_module_vm_flags()
|
- VM_FLUSH_RESET_PERMS | VM_NO_HUGE_VMAP
+ arch_module_vm_flags()
|
- VM_FLUSH_RESET_PERMS | VM_DEFER_KMEMLEAK
+ VM_DEFER_KMEMLEAK | arch_module_vm_flags()
|
- VM_DEFER_KMEMLEAK
+ VM_DEFER_KMEMLEAK | arch_module_vm_flags()
)
 , node, caller)
...>
}
