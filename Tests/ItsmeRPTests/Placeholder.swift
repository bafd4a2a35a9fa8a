// ItsmeRPTests
