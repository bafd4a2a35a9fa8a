import JWTKit
print("x")
