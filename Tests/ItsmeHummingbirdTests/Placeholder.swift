// ItsmeHummingbirdTests
