void f(void) {}
void g(void) {}
int f(void) { return ibis(); }
