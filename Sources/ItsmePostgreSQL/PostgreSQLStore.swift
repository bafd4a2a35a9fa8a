#if PostgreSQL
    internal import ItsmeRP
#endif
