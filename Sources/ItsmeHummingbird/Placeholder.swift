// ItsmeHummingbird
