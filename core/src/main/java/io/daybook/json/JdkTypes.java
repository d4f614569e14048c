package io.daybook.json;

import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Calendar;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.WeakHashMap;
import java.util.regex.Pattern;

/** The JDK types whose JSON does not preserve their value, and those that can hold any value. */
final class JdkTypes {

    /** What the JSON of a type loses, and what to use instead. */
    record Loss(String what, String advice) {}

    private static final List<Class<?>> ADDRESSES = List.of(InetAddress.class, InetSocketAddress.class);

    private JdkTypes() {}

    static boolean isJdk(Class<?> type) {
        return type.getClassLoader() == null || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
    }

    /**
     * Returns whether the declared type does not determine the class of the value, so only the value itself can be
     * checked.
     */
    static boolean isOpen(Class<?> type) {
        return type == Object.class
                || type == Serializable.class
                || type == Comparable.class
                || type == Number.class
                || type == CharSequence.class;
    }

    static boolean isOptional(Class<?> type) {
        return type == Optional.class
                || type == OptionalInt.class
                || type == OptionalLong.class
                || type == OptionalDouble.class;
    }

    static Optional<Loss> lossOf(Class<?> type) {
        if (type.getName().startsWith("java.sql.")) {
            return Optional.of(
                    new Loss("whose JSON loses its time, its nanoseconds or its zone", "use Instant or LocalDate"));
        }
        if (Calendar.class.isAssignableFrom(type) || type.getName().startsWith("javax.xml.datatype.")) {
            return Optional.of(new Loss("whose JSON loses its zone", "use ZonedDateTime or Instant"));
        }
        if (type == Pattern.class) {
            return Optional.of(new Loss("whose JSON loses its flags", "use String"));
        }
        if (ADDRESSES.stream().anyMatch(address -> address.isAssignableFrom(type))) {
            return Optional.of(new Loss("which is looked up in the network when it is read", "use String"));
        }
        if (type == IdentityHashMap.class || type == WeakHashMap.class) {
            return Optional.of(new Loss("which finds its keys by identity, or drops them", "use Map"));
        }
        if (type == Class.class) {
            return Optional.of(new Loss("which would let JSON choose the class", "use String or an enum"));
        }
        return Optional.empty();
    }
}
