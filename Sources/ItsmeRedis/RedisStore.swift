#if Redis
    internal import ItsmeRP
#endif
