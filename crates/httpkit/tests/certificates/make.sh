#!/bin/sh
# Makes the certificates of the tests anew, with openssl 3; they are valid until 2100. Run it in this directory.
set -eu
days=27000
key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key.pem"; }

# Vouches for the others, and is not kept: its certificate is all that tests need.
key authority
openssl req -x509 -new -key authority.key.pem -days $days -subj "/CN=Test authority" -out authority.pem

signed() { # name, subject alternative names, purpose
    key "$1"
    printf 'basicConstraints=CA:FALSE\nsubjectAltName=%s\nextendedKeyUsage=%s\n' "$2" "$3" > extensions
    openssl req -new -key "$1.key.pem" -subj "/CN=$1" |
        openssl x509 -req -CA authority.pem -CAkey authority.key.pem -days $days -extfile extensions -out "$1.pem"
}
signed server "DNS:localhost,IP:127.0.0.1" serverAuth
signed named "DNS:server.test" serverAuth
signed client "DNS:client.test" clientAuth

# Vouch for themselves, and could for others, as openssl makes them unless told otherwise.
key self
openssl req -x509 -new -key self.key.pem -days $days -subj "/CN=self" -addext "subjectAltName=IP:127.0.0.1" -out self.pem
key expired
printf 'basicConstraints=CA:TRUE\nsubjectAltName=IP:127.0.0.1\n' > extensions
openssl req -new -key expired.key.pem -subj "/CN=expired" |
    openssl x509 -req -signkey expired.key.pem -days -1 -extfile extensions -out expired.pem
rm -f authority.key.pem extensions authority.srl
