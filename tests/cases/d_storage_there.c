static DEFINE_OLD(harrier);
DEFINE_OLD(kite);
static unsigned long buzzard[3];
unsigned long osprey[4];
