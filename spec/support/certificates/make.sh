#!/bin/sh
# How the certificates of this folder were made; `sh make.sh` makes them anew. They last 100 years and protect nothing.
#
#   ca               signs the others
#   server           localhost, 127.0.0.1 and ::1; server-encrypted.key is its key behind the password "secret"
#   renewed          the same names, with a key of its own
#   client           O=client,CN=alice
#   odd              a client whose name has everything in it that must be escaped
#   stranger         CN=alice, too, but of an authority that nobody knows
set -e
cd "$(dirname "$0")"
days=36500

key() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
}

# name, subject, authority, lines of extensions
certificate() {
  key "$1"
  openssl req -new -utf8 -key "$1.key" -subj "$2" -multivalue-rdn -nameopt utf8 -out "$1.csr"
  printf '%b' "$4" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days "$days" -sha256 -extfile "$1.ext" -out "$1.pem"
  rm "$1.csr" "$1.ext"
}

key ca
openssl req -x509 -new -key ca.key -subj '/CN=Leveret test authority' -days "$days" -sha256 -out ca.pem

names='subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n'
certificate server '/CN=localhost/O=server' ca "${names}extendedKeyUsage=serverAuth\n"
certificate renewed '/CN=localhost/O=renewed' ca "${names}extendedKeyUsage=serverAuth\n"
openssl pkcs8 -topk8 -in server.key -passout pass:secret -out server-encrypted.key

use='extendedKeyUsage=clientAuth\n'
certificate client '/CN=alice/O=client' ca "subjectAltName=DNS:alice.example,email:alice@example.org,URI:urn:alice\n$use"
certificate odd '/C=DE/O=Müller\, Söhne \+ "Co"/CN= a#b;<c>~\\d /emailAddress=o@example.org+UID=7/CN=zwei' ca "$use"

key stranger-ca
openssl req -x509 -new -key stranger-ca.key -subj '/CN=Another authority' -days "$days" -sha256 -out stranger-ca.pem
certificate stranger '/CN=alice' stranger-ca "$use"
rm -f stranger-ca.* ./*.srl
