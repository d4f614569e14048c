package io.daybook.docs;

import static io.daybook.docs.Samples.ROOT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public API of the compiled library: types, and the signatures of their members. */
final class PublicApi {

    private PublicApi() {}

    /** The public types of the packages that the core exports, of the adapters, of the test servers, and of the contract suites. */
    static List<Class<?>> types() throws IOException {
        Path core = ROOT.resolve("core/target/classes");
        Set<String> exported;
        try (InputStream descriptor = Files.newInputStream(core.resolve("module-info.class"))) {
            exported = ModuleDescriptor.read(descriptor).exports().stream()
                    .filter(export -> !export.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());
        }
        return Stream.of(
                        typesIn(core, exported),
                        typesIn(ROOT.resolve("core/target/test-classes"), Set.of("io.daybook.contract")),
                        typesIn(ROOT.resolve("cosmos-store/target/classes"), Set.of("io.daybook.cosmos")),
                        typesIn(
                                ROOT.resolve("cosmos-store/test-server/target/classes"),
                                Set.of("io.daybook.cosmos.testserver")),
                        typesIn(ROOT.resolve("servicebus-publisher/target/classes"), Set.of("io.daybook.servicebus")),
                        typesIn(
                                ROOT.resolve("servicebus-publisher/test-server/target/classes"),
                                Set.of("io.daybook.servicebus.testserver")))
                .flatMap(types -> types)
                .sorted((one, other) -> one.getName().compareTo(other.getName()))
                .toList();
    }

    /** Loads no class of another package: the test jar of the core has the contract suites only. */
    private static Stream<Class<?>> typesIn(Path classes, Set<String> packages) throws IOException {
        List<Class<?>> types;
        try (Stream<Path> files = Files.walk(classes)) {
            types = files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file -> file.replace(".class", "").replace('/', '.'))
                    .filter(name -> packages.contains(name.substring(0, name.lastIndexOf('.'))))
                    .<Class<?>>map(PublicApi::load)
                    .filter(PublicApi::isVisible)
                    .toList();
        }
        return types.stream();
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicApi.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> around = type.getEnclosingClass();
        return isVisible(type.getModifiers()) && !type.isAnonymousClass() && (around == null || isVisible(around));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** The type's name as one writes it, such as {@code AggregateType.Builder}. */
    static String name(Class<?> type) {
        return type.getCanonicalName().substring(type.getPackageName().length() + 1);
    }

    /**
     * The signatures of the visible members that the type adds to those of its visible supertypes, sorted. The constructor of a record or
     * an enum is omitted: its components or constants show it.
     */
    static List<String> members(Class<?> type) {
        List<String> members = new ArrayList<>();
        if (!type.isRecord()) {
            add(type, List.of(type.getDeclaredConstructors()), members);
        }
        for (Class<?> from = type; from == type || (from != null && !isVisible(from)); from = from.getSuperclass()) {
            add(from, List.of(from.getDeclaredFields()), members);
            add(from, List.of(from.getDeclaredMethods()), members);
        }
        members.sort(String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder()));
        return members;
    }

    private static void add(Class<?> type, List<? extends Member> from, List<String> members) {
        from.stream()
                .filter(member -> isVisible(member.getModifiers()) && !member.isSynthetic())
                .filter(member -> !(member instanceof Method method && isInherited(type, method)))
                .map(PublicApi::signature)
                .forEach(members::add);
    }

    /** A signature with the name first, such as {@code of(String, List<EventEnvelope>): StreamId}; packages are omitted. */
    private static String signature(Member member) {
        String modifiers = (Modifier.isStatic(member.getModifiers()) ? "static " : "")
                + (Modifier.isProtected(member.getModifiers()) ? "protected " : "");
        if (member instanceof Field field) {
            return field.getName() + ": " + modifiers + simple(field.getGenericType());
        }
        Executable executable = (Executable) member;
        String parameters = Arrays.stream(executable.getGenericParameterTypes())
                .map(PublicApi::simple)
                .collect(Collectors.joining(", ", "(", ")"));
        return executable instanceof Method method
                ? method.getName() + parameters + ": " + modifiers + simple(method.getGenericReturnType())
                : "new" + parameters + (modifiers.isEmpty() ? "" : ": " + modifiers.strip());
    }

    private static String simple(Type type) {
        return type.getTypeName().replaceAll("\\b(?:[a-z_0-9]+\\.)+", "").replace('$', '.');
    }

    private static boolean isInherited(Class<?> type, Method method) {
        boolean ofAnEnum = type.isEnum() && Set.of("values", "valueOf").contains(method.getName());
        boolean bridged = Arrays.stream(type.getDeclaredMethods())
                .anyMatch(other -> other.isBridge()
                        && other.getName().equals(method.getName())
                        && other.getParameterCount() == method.getParameterCount());
        return ofAnEnum || bridged || isDeclaredAbove(type, method);
    }

    private static boolean isDeclaredAbove(Class<?> type, Executable method) {
        return Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()))
                        .anyMatch(above -> declares(above, method) || isDeclaredAbove(above, method))
                || declares(Object.class, method);
    }

    private static boolean declares(Class<?> type, Executable method) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(other -> other.getName().equals(method.getName())
                        && isVisible(other.getModifiers())
                        && Arrays.equals(other.getParameterTypes(), method.getParameterTypes()));
    }
}
