// ItsmeSandbox
