/* proof_test.c - signatures on the handshake that OpenSSL made with three keys.
 * The transcript's hash is 00 01 02 and so on; what is signed otherwise is
 * right, or wrong in one thing. */
#include "tls/proof.h"

#include <string.h>

#include "base/array.h"
#include "hex.h"
#include "tap.h"

#define SIGNATURE_MAX 256

#define MODULUS                                                            \
	"95cba5bc5a5a5b9888ec340b733ee95504db5349c8a47ad102142a0bd252d564" \
	"aa4ae9978e144d51b772252cfb2a27afa0bbdbf8a72e90fc72a0651e635a341e" \
	"da3c75a0c186ac4d9608ec2f9eebfb8ff9354a16020a35587c13e698049e4cf0" \
	"6084681508c4428aa921a63a4d24785e1689c1b73631627712710e15468dfddb" \
	"78bd6450f9553339e53e23cb8da976c7be1cc63a890b5d94f2cb3a435b6356e0" \
	"b08c2ef1e41a832a992721c66963ad97414a98e3dc1f3446dfe9a99ef9536b4d" \
	"b7bf0c6eec9c10ce345764a4dea3bfa2fd9e6cbd17eb46ddc65b45d33caf6105" \
	"63be73f2dfc2f9e086fbbc73f3a0035bc49c5cc03fc7f2ef6704ca6271f1ef79"
#define POINT_P256                                                         \
	"040d8e159d0a3badafe4c0fd2e68647790c8572ffd7aa5e9d232d7b741d0f593" \
	"12be26a989e67a1876e6675d469a7ed299973984b138ea98a97b00e54fe117a1" \
	"49"
#define POINT_P384                                                         \
	"04714bb248ebd5faf49ea606039794f2a5915674bd5161cadcd33579fd34762a" \
	"c12f10225b494b179ab6dd704b5d78e191de7965e05df21a96a873fb1102f84b" \
	"41048e7d95ad4dcf22e6bba4f8af3ea528c2e60863db3f92f62fbf1602fb0aa0" \
	"71"

enum { RSA, P256, P384, KEYS };

static const struct {
	const char *name;
	unsigned scheme, key;
	size_t hash_length;
	const char *signature;
} proofs[] = {
    {"P-256", 0x0403, P256, 32,
	"30450220154d4ac04b3b05ec3254db65d2afed0390034edc15e8e61fdb29e952"
	"4501b38c022100a64aa70a932caba5914ff63ea921a3f0d2f1c73cc0364953ce"
	"0be0f2d76505ce"},
    {"P-384", 0x0503, P384, 48,
	"3064023032e94fa712cdc0a5d7c3899e05d2fb91fc9d6a783ebc0a5c523738bc"
	"ae6c3a2f01189a49a47551320129a699ce7a253302302aa6b4c1adcb479e0a21"
	"c0c9548d1340bbd5820736075606eb239f5e8f11606bc1f0542b09eaaafe70a8"
	"95c137c18573"},
    {"RSA-PSS with SHA-256", 0x0804, RSA, 32,
	"7a3bbf72e08acca43e09b13f616d113a62039c2cfa119a9484eea775b4cfdf4d"
	"065fed346ee1923879dc576d38265b177546e2729719710d568c5a9af4f056fb"
	"d7680f378ce25df3bc614ba2ad00c47e26d37ded791c00cd68bd90b57917b454"
	"6fd5a8922727322050ac199b84c602f8d37efbaeed7966b488b90a39e1b7036e"
	"3cc7102007728b9eaa5289fec9c008c44c436f4021d566361803f234fe20802d"
	"3011a995945ff675d0f212bd7f46d60d9a0552d1f6b3222a7cac5cd62169e704"
	"131ba26765cc95299aae86813d0ea0c3511190ec069d46a6a207c6015af71a68"
	"5c6f7655b48a71baa5a11bc495e13f692e7bf8f040c968e49d9d0dfddf8cb2f2"},
    {"RSA-PSS with SHA-384", 0x0805, RSA, 48,
	"07e4511b01acd013b265d1911854431c71aec4cff16e2c6722c7591ffa60e18f"
	"7fff46be727cc827a056fb6947255f4355e228d367dd9ebafcb8fe29e1e5b7c8"
	"9dabcb80f7c6db7183860a0593eac2fc7d0e97a85f8c52aafdc11800e4a874ec"
	"f494d249217eb48a13fc951001fcfc094f3c9150fedcdd3891b0c70b163228cd"
	"e6ad6a913bf58643ecdab2834542c437233219c212b3cfaa65a67ae757d15f30"
	"dd2e267919d97c89d6b98a5c31c661172cc674fc73e5cdb78ab32a84dc1554f5"
	"4b4bf630f6de83556d4477fc46c1653a83d8caefd588c751ca6519c235f87e55"
	"a4d80ddccc91d75eab51c444d479f8505a67482771c049146933d07e32a931ec"},
    {"RSA-PSS with SHA-512", 0x0806, RSA, 32,
	"2e68947fd97a8d4c15d43d0b7a057ca28bd207b23f3d488d1ea5b0a0f3025e86"
	"5d57c0c2a4a3e3b6f309da903b7e554858c07b432c6062065fae49d29c182233"
	"dbdfb847a87b83b7643718a3ce701dbfc737a649b10c1aa575a858319a035895"
	"c14ce8aef9c94ca7154c41a8876cfa72fe392fcb987e763f38e6f56d09b445e3"
	"e639391ffc826425c402c94464153fd9a3ae31ca19ff960da24dff29605f5381"
	"f75a44b4e239d4fe3d87b86f87c74f84b6e6606ea1b38ef828fe11af7658de99"
	"1bac102256f9eec83b674018707fa02de94524b4e385f5cacba0e6c9f6e8b069"
	"3b97c202beb58462e19fefbe3ad4a5fb2d686b2836c17ac7d3815bf31dea6175"},
};

static const struct {
	const char *name;
	unsigned scheme, key;
	const char *signature;
} wrong[] = {
    {"the client's context, ECDSA", 0x0403, P256,
	"3044022041908e48c61e750c22183e8dec41f41622a6765eee5b0607a09ac0fd"
	"a60485dd022033bac601084771376cf75298b0b394e7b8becc40ca5f570f5b21"
	"fa07d45cf0ea"},
    {"another hash, ECDSA", 0x0403, P256,
	"3044022007aea619902e84521721b30ee5d27d2a0a509d11f467a3b951526f62"
	"248caa30022060e6893aad653e5048c02c16ebe715a16c9927e08cd728113fb0"
	"09dd7c11a14c"},
    {"the client's context, RSA-PSS", 0x0804, RSA,
	"800e7e28926d99467df5b4d33830a0d41fd2a902b00a902be820c8762f5ac8e8"
	"a63cac50191f2ef665e4748ba8ddf77478036c80ff26b636161c70e75420e530"
	"a949ea14b8ec514e9bdff6af04e0660504c78b5f11018781baf07b6f80d99d45"
	"dac0cbd37d722486074f058fa3a2bb7d6ce364fc07e391214b60741d802292c1"
	"b4ba509e90551da7c70d470cb7b982c58f36a8e7b69b89fcaa5244e96d118d9f"
	"eec7af7eef6b1756356ab76039c712318b691e76baaf6d4e5731628182bec047"
	"f27b75ba1f9bb4afd65646fac1364fcc0768f5f1b29dfc2d818dec10e2819840"
	"d0dc62a7558e616fc686c9f25ec1f7f059a11b7afb54a2f1df901ef1cfc60fcc"},
    {"PKCS #1 v1.5", 0x0804, RSA,
	"37022a7da9e59262660737703ba2e24b4c927fae1993391cf7d85c5a4f7a7d8e"
	"02696f6724415b6afcd9044e2a7f04056391adb3d4375ae140bde1dc7e4627dd"
	"7ff620add7381b6ba93d24053e31efab1d2a2c02382798b167e51cf749c9ee47"
	"f98980c321523732906e7864074ffe0e19f1cf9be4ec83e2a4ca6b892bef210d"
	"1231b5b43f748aa160fe83526cc96fd90aab0a13759bd1d072f3352bf4381456"
	"9693b3ba028cee856af4d9391289b5c0fed2db4b33796e876eadee19c44a50aa"
	"06f2239c156bfd3e3e200d50e54942df6a141214af337cf84a2bca5cd93c09d6"
	"56d92994e14378bfad512242009ffad140a7e45d2e30d559a398c920433cd9c3"},
    {"another mask", 0x0804, RSA,
	"627933daf40bc0ea0e92440ede472cc0d96b4ee55124c1bb5f5f60882585286d"
	"7e517b16e2748495f69e832c4906bfefe86d570af46d7939ba5f58045452d6ed"
	"560e42fff42e6d334e6daec383112c3514a172f4b46792aed416f3a6660de98a"
	"de718ddbbbee9e9680f756ed99ec56ec832ee2a1ac7b6a504a3dfa2905a993e0"
	"75cb8077a14b634a71940d2948e9107322dc29b4f402e14f3cf2d031a6a83571"
	"1db56752fb30e07a6f21899b2d122a574e180e9f68b24b230681c5a9846dda3f"
	"35468e19482c398feab79be337fa082827fed0dbbef6cc599c3c7b60b1c2a185"
	"79aa4248d508fa11fd17303b8c1684ca1d8f9bc58608fb385ac477fff91b4a07"},
    {"a shorter salt", 0x0804, RSA,
	"61721a4a076684f30537e1ae6ea6fcd6dd90cbe08d00d3a01cff5db2b76fb01c"
	"2ae5fede658d8cf3f0db3947c40cfec554f27cb28cdcb8c0253484ad6ac771d5"
	"61d9c5c556c4977c8537e2e2d8438a5fe4f24b8ffc2c37c2c24677db11abed19"
	"cd325d1cfc97eeed9c52b8a87583f5fdab33f73bf693599fc60b959dff91be27"
	"e6c1bc7174d163755a86a5c38ed1744464d26c2f6f10a8962937374a4b137f5f"
	"32ad66f5d5eaf6365f321120d279df5026c9d6908b4317a680d835f14157eee9"
	"8a2e652bf5d4eca62df2ae57d4b31dec9cf089eba22fee8dcf5f058a60902d33"
	"bd4a517465fa3cc87cbb5fc57388844c7b14c64c6fba7e7f7328d603ef523ff2"},
    {"no spaces", 0x0403, P256,
	"3046022100d81e7880aae4bdfec1336f096b2c9cdf57605ee7fdb8ea5cd230f7"
	"0ea7883a90022100ba045002e895955779f2d3aa1393ab24f4086f8dba6d378c"
	"3f8b8b7b838a74be"},
    {"no separator", 0x0403, P256,
	"3045022100881a86780b31f85ccd5b688538ea782ce99108524adaf7d4dfbeda"
	"8c76bbb61b02203f5d21f735a411cf663f15de351bd8d8437508909045f67bf0"
	"9bab35c7d24a50"},
};

static unsigned char modulus[256], exponent[] = {1, 0, 1};
static unsigned char point_p256[65], point_p384[97];
static br_x509_pkey keys[KEYS];

static void
prepare(void)
{
	keys[RSA].key_type = BR_KEYTYPE_RSA;
	keys[RSA].key.rsa.n = modulus;
	keys[RSA].key.rsa.nlen = hex_read(MODULUS, modulus, sizeof(modulus));
	keys[RSA].key.rsa.e = exponent;
	keys[RSA].key.rsa.elen = sizeof(exponent);
	keys[P256].key_type = keys[P384].key_type = BR_KEYTYPE_EC;
	keys[P256].key.ec.curve = BR_EC_secp256r1;
	keys[P256].key.ec.q = point_p256;
	keys[P256].key.ec.qlen =
	    hex_read(POINT_P256, point_p256, sizeof(point_p256));
	keys[P384].key.ec.curve = BR_EC_secp384r1;
	keys[P384].key.ec.q = point_p384;
	keys[P384].key.ec.qlen =
	    hex_read(POINT_P384, point_p384, sizeof(point_p384));
}

/* A transcript's hash of 32 or 48 bytes. */
static struct span
transcript(size_t length)
{
	static unsigned char hash[48];
	size_t i;

	for (i = 0; i < sizeof(hash); i++)
		hash[i] = (unsigned char)i;
	return span_of(hash, length);
}

/* Returns the alert, or -1 if the proof is accepted. */
static int
check(unsigned scheme, struct span signature, size_t hash_length, size_t key)
{
	struct proof proof = {scheme, signature, transcript(hash_length)};
	struct fault fault;

	if (proof_check(&proof, &keys[key], BR_KEYTYPE_SIGN, &fault) == 0)
		return -1;
	return fault.alert;
}

static void
test_proof(size_t i)
{
	unsigned char bytes[SIGNATURE_MAX];
	size_t length = hex_read(proofs[i].signature, bytes, sizeof(bytes)), at;
	struct span signature = span_of(bytes, length);
	struct proof proof = {
	    proofs[i].scheme, signature, transcript(proofs[i].hash_length)};
	struct fault fault;
	unsigned accepted = 0, key;

	tap_number(check(proofs[i].scheme, signature, proofs[i].hash_length,
		       proofs[i].key),
	    -1, "%s", proofs[i].name);
	for (key = 0; key < KEYS; key++) {
		if (key == proofs[i].key)
			continue;
		tap_number(check(proofs[i].scheme, signature,
			       proofs[i].hash_length, key),
		    ALERT_ILLEGAL_PARAMETER, "with a key of another kind");
	}
	tap_number(check(proofs[i].scheme, signature,
		       proofs[i].hash_length == 32 ? 48 : 32, proofs[i].key),
	    ALERT_DECRYPT_ERROR, "of another transcript");
	tap_number(check(proofs[i].scheme, span_of(bytes, length - 1),
		       proofs[i].hash_length, proofs[i].key),
	    ALERT_DECRYPT_ERROR, "cut");
	tap_number(check(proofs[i].scheme, span_of(bytes, 0),
		       proofs[i].hash_length, proofs[i].key),
	    ALERT_DECRYPT_ERROR, "empty");
	for (at = 0; at < length; at++) {
		bytes[at] ^= 1;
		accepted +=
		    check(proofs[i].scheme, signature, proofs[i].hash_length,
			proofs[i].key) != ALERT_DECRYPT_ERROR;
		bytes[at] ^= 1;
	}
	tap_number(accepted, 0, "with a bit changed");
	tap_number(
	    proof_check(&proof, &keys[proofs[i].key], BR_KEYTYPE_KEYX, &fault),
	    -1, "with a key that may not sign");
	tap_number(fault.alert, ALERT_UNSUPPORTED_CERTIFICATE, "its alert");
}

static void
test_wrong(void)
{
	unsigned char bytes[SIGNATURE_MAX];
	size_t i, length;

	for (i = 0; i < COUNT(wrong); i++) {
		length = hex_read(wrong[i].signature, bytes, sizeof(bytes));
		tap_number(check(wrong[i].scheme, span_of(bytes, length), 32,
			       wrong[i].key),
		    ALERT_DECRYPT_ERROR, "%s", wrong[i].name);
	}
}

/* PKCS #1 v1.5 is offered for certificates only. */
static void
test_schemes(void)
{
	static const unsigned schemes[] = {0x0401, 0x0501, 0x0601, 0x0201,
	    0x0203, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0, 0xffff};
	unsigned char bytes[SIGNATURE_MAX];
	size_t i, length, key;
	int alert;

	length = hex_read(proofs[0].signature, bytes, sizeof(bytes));
	for (i = 0; i < COUNT(schemes); i++) {
		for (key = 0; key < KEYS; key++) {
			alert =
			    check(schemes[i], span_of(bytes, length), 32, key);
			tap_number(alert, ALERT_ILLEGAL_PARAMETER,
			    "scheme 0x%04x with key %zu", schemes[i], key);
		}
		tap_text(proof_name(schemes[i]), "?", "it has no name");
	}
	tap_text(proof_name(0x0403), "ecdsa_secp256r1_sha256", "a name");
	tap_text(proof_name(0x0806), "rsa_pss_rsae_sha512", "another one");
}

int
main(void)
{
	size_t i;

	prepare();
	for (i = 0; i < COUNT(proofs); i++)
		test_proof(i);
	test_wrong();
	test_schemes();
	return tap_done();
}
