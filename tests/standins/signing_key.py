"""An RSA key made and used by the openssl command, so that nothing but Debian's own packages is needed."""

import base64
import hashlib
import hmac
import json
import subprocess

from harness import patience

PUBLIC_EXPONENT = 65537


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _openssl(*arguments, text):
    return subprocess.run(["openssl", *arguments], input=text, check=True, capture_output=True, timeout=patience.SECONDS).stdout


class SigningKey:
    """One key: its public half as a JWK, its signature on tokens."""

    def __init__(self, file, key_id):
        """file: where the private half is kept; two keys may share an id, never a file."""
        self.key_id = key_id
        self._file = file
        self._file.write_bytes(_openssl("genrsa", "2048", text=b""))
        self._public = _openssl("rsa", "-pubout", text=self._file.read_bytes())

    def jwk(self):
        modulus = _openssl("rsa", "-noout", "-modulus", text=self._file.read_bytes()).decode().strip().removeprefix("Modulus=")
        exponent = PUBLIC_EXPONENT.to_bytes(3, "big")
        public = {"kty": "RSA", "n": base64url(bytes.fromhex(modulus)), "e": base64url(exponent)}
        return {**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}

    def _signature(self, algorithm, signed):
        """RS256 is the honest one; none and HS256 (keyed with the public key) are what forgers try."""
        if algorithm == "none":
            return b""
        if algorithm == "HS256":
            return hmac.new(self._public, signed, hashlib.sha256).digest()
        return _openssl("dgst", "-sha256", "-sign", str(self._file), text=signed)

    def token(self, claims, algorithm="RS256", **header):
        """A JWT; a header given as None is left out."""
        names = {"typ": "JWT", "alg": algorithm, "kid": self.key_id, **header}
        parts = [{name: value for name, value in names.items() if value is not None}, claims]
        signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        return f"{signed}.{base64url(self._signature(algorithm, signed.encode()))}"
