/// A registration file that works as it is: for a relying party at port 8082 of this machine.
enum ExampleRegistration {
    static let text = """
        {
          "client_id": "SANDBOX_CLIENT",
          "token_endpoint_auth_method": "private_key_jwt",
          "redirect_uris": [
            "http://127.0.0.1:8082/callback"
          ],
          "request_uris": [],
          "services": [
            {"code": "SANDBOX_LOGIN", "kind": "login"},
            {"code": "SANDBOX_DATA", "kind": "shareData"},
            {"code": "SANDBOX_CONFIRM", "kind": "confirm"}
          ],
          "jwks_uri": "http://127.0.0.1:8082/jwks.json",
          "id_token_encrypted_response_alg": "RSA-OAEP-256",
          "id_token_encrypted_response_enc": "A128CBC-HS256",
          "userinfo_encrypted_response_alg": "RSA-OAEP-256",
          "userinfo_encrypted_response_enc": "A128CBC-HS256",
          "require_pkce": true
        }
        """
}
