// ItsmeSandboxTests
