/* Server.java PORT STORE PASSWORD [PROTOCOL [SUITE]] - a server of Java's own TLS that
 * responds to each request with 204. */
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.FileInputStream;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

public class Server {
	public static void main(String[] arguments) throws Exception {
		char[] password = arguments[2].toCharArray();
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(new FileInputStream(arguments[1]), password);
		KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
		keys.init(store, password);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), null, null);
		HttpsServer server = HttpsServer.create(new InetSocketAddress(
		    "127.0.0.1", Integer.parseInt(arguments[0])), 0);
		server.setHttpsConfigurator(new HttpsConfigurator(context) {
			@Override
			public void configure(HttpsParameters connection) {
				SSLParameters chosen =
				    context.getDefaultSSLParameters();
				if (arguments.length > 3) {
					chosen.setProtocols(
					    new String[] {arguments[3]});
				}
				if (arguments.length > 4) {
					chosen.setCipherSuites(
					    new String[] {arguments[4]});
				}
				connection.setSSLParameters(chosen);
			}
		});
		server.createContext("/", exchange -> {
			exchange.getRequestBody().readAllBytes();
			exchange.getResponseHeaders().add(
			    "X-GitHub-Request-Id", "OTHER:1");
			exchange.sendResponseHeaders(204, -1);
			exchange.close();
		});
		server.start();
	}
}
