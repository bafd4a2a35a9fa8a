int cbench_dummy(void);
