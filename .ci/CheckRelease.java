import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * Checks what two release builds of the same sources have left in their target directories. Run by check-release as
 * {@code java CheckRelease.java <tree> <other tree>}; ends with 1 and a list of what is wrong.
 */
final class CheckRelease {

    /** A module that is published: where it is, its artifact, its Java module, and dependencies that its SBOM must name. */
    private record Module(String directory, String artifact, String javaModule, boolean descriptor, List<String> uses) {}

    private static final List<Module> MODULES = List.of(
            new Module(
                    "core", "daybook-core", "io.daybook.core", true, List.of("jackson-databind", "slf4j-api", "jspecify")),
            new Module(
                    "cosmos-store",
                    "daybook-cosmos-store",
                    "io.daybook.cosmos",
                    false,
                    List.of("daybook-core", "azure-cosmos", "jackson-databind", "reactor-core")),
            new Module(
                    "cosmos-store/test-server",
                    "daybook-cosmos-test-server",
                    "io.daybook.cosmos.testserver",
                    false,
                    List.of("azure-cosmos", "jackson-databind", "junit-jupiter-api")),
            new Module(
                    "servicebus-publisher",
                    "daybook-servicebus-publisher",
                    "io.daybook.servicebus",
                    false,
                    List.of("daybook-core", "azure-messaging-servicebus", "azure-core-amqp", "reactor-core")),
            new Module(
                    "servicebus-publisher/test-server",
                    "daybook-servicebus-test-server",
                    "io.daybook.servicebus.testserver",
                    false,
                    List.of("azure-messaging-servicebus", "artemis-server", "junit-jupiter-api")));

    private static final List<String> TEST_LIBRARIES =
            List.of("junit-jupiter", "assertj-core", "awaitility", "archunit", "logback-classic", "artemis-server");

    private final List<String> wrong = new ArrayList<>();
    private final XPath xpath = XPathFactory.newInstance().newXPath();

    public static void main(String[] trees) throws Exception {
        CheckRelease check = new CheckRelease();
        check.sameBytes(Path.of(trees[0]), Path.of(trees[1]));
        check.contents(Path.of(trees[0]));
        check.wrong.forEach(fault -> System.out.println("release: " + fault));
        System.out.println(check.wrong.isEmpty() ? "The release is as it has to be." : "The release is not as it has to be.");
        System.exit(check.wrong.isEmpty() ? 0 : 1);
    }

    private void require(boolean holds, String fault) {
        if (!holds) {
            wrong.add(fault);
        }
    }

    private void sameBytes(Path one, Path two) throws IOException {
        Map<String, Path> first = artifacts(one);
        Map<String, Path> second = artifacts(two);
        require(first.keySet().equals(second.keySet()), "the builds yield " + first.keySet() + " and " + second.keySet());
        require(first.size() == 34, "34 files are to be published, not " + first.size() + ": " + first.keySet());
        for (Map.Entry<String, Path> artifact : first.entrySet()) {
            Path other = second.get(artifact.getKey());
            require(
                    other != null && Files.mismatch(artifact.getValue(), other) == -1,
                    artifact.getKey() + " differs from build to build");
        }
    }

    /** POMs, jars and SBOMs by their path in the tree. */
    private static Map<String, Path> artifacts(Path tree) throws IOException {
        Map<String, Path> found = new TreeMap<>();
        List<String> directories = new ArrayList<>(List.of("."));
        MODULES.forEach(module -> directories.add(module.directory()));
        for (String directory : directories) {
            try (Stream<Path> files = Files.walk(tree.resolve(directory), 2)) {
                files.filter(file -> file.endsWith("pom.xml") && file.getParent().equals(tree.resolve(directory))
                                || file.getParent().equals(tree.resolve(directory).resolve("target"))
                                        && file.getFileName().toString().matches("bom\\.(json|xml)|.*\\.jar"))
                        .forEach(file -> found.put(tree.relativize(file).normalize().toString(), file));
            }
        }
        return found;
    }

    private void contents(Path tree) throws Exception {
        Document parent = xml(tree.resolve("pom.xml"));
        String version = text(parent, "/project/version");
        for (String path : List.of(
                "name", "description", "url", "licenses/license/name", "licenses/license/url", "developers/developer/name",
                "scm/connection", "scm/developerConnection", "scm/url")) {
            require(!text(parent, "/project/" + path).isBlank(), "the parent POM has no " + path);
        }
        Document aggregate = xml(tree.resolve("target/bom.xml"));
        for (String library : TEST_LIBRARIES) {
            require(
                    count(parent, "/project/dependencyManagement/dependencies/dependency[artifactId='" + library + "']") == 0,
                    "the BOM manages the test library " + library);
        }
        for (Module module : MODULES) {
            Path target = tree.resolve(module.directory()).resolve("target");
            Document pom = xml(tree.resolve(module.directory()).resolve("pom.xml"));
            for (String path : List.of("name", "description", "parent/version")) {
                require(!text(pom, "/project/" + path).isBlank(), module.artifact() + "'s POM has no " + path);
            }
            require(
                    count(aggregate, "//*[local-name()='component'][*[local-name()='name']='" + module.artifact() + "']") > 0,
                    "the aggregate SBOM does not name " + module.artifact());
            String name = module.artifact() + "-" + version;
            mainJar(target.resolve(name + ".jar"), module);
            List<String> sources = entries(target.resolve(name + "-sources.jar"));
            require(sources.contains("META-INF/LICENSE"), name + "-sources.jar has no LICENSE");
            require(sources.stream().anyMatch(entry -> entry.endsWith("package-info.java")), name + " has no sources");
            require(
                    entries(target.resolve(name + "-javadoc.jar")).contains("index.html"),
                    name + "-javadoc.jar has no index.html");
            sbom(xml(target.resolve("bom.xml")), module);
        }
    }

    private void mainJar(Path file, Module module) throws IOException {
        List<String> entries = entries(file);
        String name = file.getFileName().toString();
        require(entries.contains("META-INF/LICENSE"), name + " has no LICENSE");
        require(entries.contains("module-info.class") == module.descriptor(), name + " has a descriptor, or has none");
        try (JarFile jar = new JarFile(file.toFile())) {
            String automatic = jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name");
            require(
                    module.descriptor() ? automatic == null : module.javaModule().equals(automatic),
                    name + " is the automatic module " + automatic);
        }
        String root = module.directory().equals("core") ? "io/daybook/" : module.javaModule().replace('.', '/') + "/";
        TreeSet<String> foreign = new TreeSet<>(entries);
        foreign.removeIf(entry -> entry.endsWith("/")
                || entry.startsWith("META-INF/")
                || entry.equals("module-info.class")
                || entry.startsWith(root));
        require(foreign.isEmpty(), name + " holds what is not of its packages: " + foreign);
        List<String> tests = entries.stream()
                .filter(entry -> entry.matches(".*(Test|IT|Contract)(\\$.*)?\\.class")
                        || entry.contains("/contract/")
                        || entry.contains("/broker/")
                        || entry.contains("/server/")
                        || (entry.contains("/testserver/") && !module.javaModule().endsWith(".testserver")))
                .toList();
        require(tests.isEmpty(), name + " holds tests: " + tests);
    }

    private void sbom(Document sbom, Module module) throws Exception {
        require(
                text(sbom, "/*/*[local-name()='metadata']/*[local-name()='component']/*[local-name()='name']")
                        .equals(module.artifact()),
                "the SBOM of " + module.artifact() + " describes something else");
        for (String used : module.uses()) {
            require(components(sbom, used) == 1, "the SBOM of " + module.artifact() + " does not name " + used);
        }
        for (String library : TEST_LIBRARIES) {
            require(
                    module.uses().contains(library) || components(sbom, library) == 0,
                    "the SBOM of " + module.artifact() + " names " + library);
        }
    }

    private int components(Document sbom, String name) throws Exception {
        return count(
                sbom,
                "/*/*[local-name()='components']/*[local-name()='component'][*[local-name()='name']='" + name + "']");
    }

    private static List<String> entries(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.stream().map(JarEntry::getName).toList();
        }
    }

    private static Document xml(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private String text(Document document, String path) throws Exception {
        return xpath.evaluate(path, document).strip();
    }

    private int count(Document document, String path) throws Exception {
        return ((NodeList) xpath.evaluate(path, document, XPathConstants.NODESET)).getLength();
    }
}
