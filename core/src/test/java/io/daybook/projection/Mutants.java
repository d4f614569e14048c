package io.daybook.projection;

import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.StoredDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The production classes of a package with a piece of source text replaced. They are loaded in a class loader of their own, and with them all other
 * classes of the project, because some of them implement the interfaces of the package.
 */
public final class Mutants {

    private static final String PROJECT = "io.daybook.";
    private static final int HISTORIES = 1_000;

    private final String packageName;
    private final ClassLoader loader;

    private Mutants(String packageName, Map<String, byte[]> classes) {
        this.packageName = packageName;
        this.loader = new ClassLoader(Mutants.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                synchronized (getClassLoadingLock(name)) {
                    Class<?> loaded = findLoadedClass(name);
                    if (loaded != null || !name.startsWith(PROJECT)) {
                        return loaded != null ? loaded : super.loadClass(name, resolve);
                    }
                    byte[] bytes = classes.containsKey(name) ? classes.get(name) : unchanged(name);
                    return defineClass(name, bytes, 0, bytes.length);
                }
            }
        };
    }

    private static byte[] unchanged(String name) throws ClassNotFoundException {
        try (InputStream in = Mutants.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Replaces text, which must be there once, and compiles. */
    static Mutants of(String type, String text, String replacement) throws IOException {
        return of(Mutants.class.getPackageName(), type, text, replacement);
    }

    /** As {@link #of(String, String, String)}, for a class of another package. */
    public static Mutants of(String packageName, String type, String text, String replacement) throws IOException {
        String folder = packageName.replace('.', '/') + "/";
        List<JavaFileObject> sources = new ArrayList<>();
        boolean replaced = false;
        try (Stream<Path> files = Files.list(Path.of("src/main/java/" + folder))) {
            for (Path file :
                    files.filter(each -> !each.endsWith("package-info.java")).toList()) {
                String source = Files.readString(file);
                if (file.endsWith(type + ".java")) {
                    replaced = source.split(Pattern.quote(text), -1).length == 2;
                    source = source.replace(text, replacement);
                }
                sources.add(new Source(folder + file.getFileName(), source));
            }
        }
        if (!replaced) {
            throw new AssertionError(type + " does not have this text once: " + text);
        }
        return new Mutants(packageName, compile(sources));
    }

    private static Map<String, byte[]> compile(List<JavaFileObject> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> outputs = new HashMap<>();
        JavaFileManager files = new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + ".class"), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        ByteArrayOutputStream output = new ByteArrayOutputStream();
                        outputs.put(name, output);
                        return output;
                    }
                };
            }
        };
        List<String> options = List.of("-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));
        if (!compiler.getTask(null, files, null, options, null, sources).call()) {
            throw new AssertionError("the mutant does not compile");
        }
        Map<String, byte[]> classes = new HashMap<>();
        outputs.forEach((name, output) -> classes.put(name, output.toByteArray()));
        return classes;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String file, String text) {
            super(URI.create("memory:///" + file), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Runs histories of a simulation until one fails or throws. Empty if the mutant is not caught. */
    public String caught(String simulation) throws ReflectiveOperationException {
        return caught(simulation, HISTORIES);
    }

    /** As {@link #caught(String)}, with a number of histories. */
    public String caught(String simulation, int histories) throws ReflectiveOperationException {
        Method run = loader.loadClass(packageName + "." + simulation).getDeclaredMethod("run", long.class);
        run.setAccessible(true);
        String caught = "";
        for (long seed = 1; seed <= histories && caught.isEmpty(); seed++) {
            try {
                caught = (String) run.invoke(null, seed);
            } catch (InvocationTargetException e) {
                caught = String.valueOf(e.getCause());
            }
        }
        return caught;
    }

    /** For mutants that write whatever the etags. */
    static List<StoredDocument> anyEtag(ReadModelCollection documents, List<StoredDocument> written) {
        return written.stream()
                .map(each -> {
                    StoredDocument stored = documents.read(List.of(each.key())).get(each.key());
                    return each.stored(stored == null ? "" : stored.etag());
                })
                .toList();
    }
}
