package io.daybook.command;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.TreeNode;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.jsontype.impl.AsPropertyTypeSerializer;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.TypeIdResolverBase;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The type ids in fingerprints, for values whose class is not determined by their declared type. The id is Jackson's name of the type if
 * there is one; otherwise the simple name, if it is unique below a sealed type; otherwise the class name.
 */
final class TypeIds extends StdTypeResolverBuilder {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable TypeSerializer buildTypeSerializer(
            SerializationConfig config, JavaType base, @Nullable Collection<NamedType> subtypes) {
        return isOpen(base) ? new AsPropertyTypeSerializer(new Resolver(config, base), null, "@type") : null;
    }

    /** Returns whether a declared type allows values of different classes that their JSON may not distinguish. */
    static boolean isOpen(JavaType type) {
        if (type.isJavaLangObject()) {
            return true;
        }
        boolean shown = type.isPrimitive()
                || type.isContainerType()
                || type.isReferenceType()
                || type.isEnumType()
                || type.isFinal()
                || TreeNode.class.isAssignableFrom(type.getRawClass());
        return !shown && (!type.isConcrete() || !isOfJdk(type.getRawClass()));
    }

    static boolean isOfJdk(Class<?> type) {
        return type.isPrimitive() || type.getName().startsWith("java.");
    }

    /** An introspector that assigns these type ids to types whose annotation omits the type id from the JSON. */
    static final class Untyped extends NopAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        private final AnnotationIntrospector annotations;

        Untyped(AnnotationIntrospector annotations) {
            this.annotations = annotations;
        }

        private @Nullable TypeResolverBuilder<?> resolver(MapperConfig<?> config, Annotated annotated) {
            JsonTypeInfo.Value info = annotations.findPolymorphicTypeInfo(config, annotated);
            return info != null
                            && (info.getIdType() == JsonTypeInfo.Id.DEDUCTION
                                    || info.getIdType() == JsonTypeInfo.Id.NONE)
                    ? new TypeIds()
                    : null;
        }

        @Override
        public @Nullable TypeResolverBuilder<?> findTypeResolver(
                MapperConfig<?> config, AnnotatedClass type, JavaType base) {
            return resolver(config, type);
        }

        @Override
        public @Nullable TypeResolverBuilder<?> findPropertyTypeResolver(
                MapperConfig<?> config, AnnotatedMember member, JavaType base) {
            return base.isContainerType() || base.isReferenceType() ? null : resolver(config, member);
        }

        @Override
        public @Nullable TypeResolverBuilder<?> findPropertyContentTypeResolver(
                MapperConfig<?> config, AnnotatedMember member, JavaType container) {
            return container.getContentType() == null ? null : resolver(config, member);
        }
    }

    private static final class Resolver extends TypeIdResolverBase {

        private static final String NONE = "";

        private final SerializationConfig config;
        private final Map<Class<?>, String> ids = new ConcurrentHashMap<>();

        Resolver(SerializationConfig config, JavaType base) {
            super(base, config.getTypeFactory());
            this.config = config;
        }

        @Override
        public JsonTypeInfo.Id getMechanism() {
            return JsonTypeInfo.Id.CUSTOM;
        }

        @Override
        public @Nullable String idFromValue(Object value) {
            Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
            String id = ids.computeIfAbsent(type, this::id);
            return id.equals(NONE) ? null : id;
        }

        @Override
        public @Nullable String idFromValueAndType(@Nullable Object value, Class<?> suggested) {
            return value == null ? null : idFromValue(value);
        }

        private String id(Class<?> type) {
            if (type == _baseType.getRawClass()) {
                return NONE;
            }
            for (Class<?> container : List.of(Map.class, Set.class, Collection.class, TreeNode.class)) {
                if (container.isAssignableFrom(type)) {
                    return container.getName(); // the implementation class has no meaning
                }
            }
            String name = jacksonsName(type);
            if (name != null && !name.isEmpty()) {
                return name;
            }
            return sealedAbove(type).anyMatch(root -> isUnique(type, root)) ? type.getSimpleName() : className(type);
        }

        private @Nullable String jacksonsName(Class<?> type) {
            AnnotatedClass annotated = annotated(type);
            return config
                    .getSubtypeResolver()
                    .collectAndResolveSubtypesByClass(config, annotated(_baseType.getRawClass()))
                    .stream()
                    .filter(subtype -> subtype.getType() == type && subtype.hasName())
                    .map(NamedType::getName)
                    .findFirst()
                    .orElseGet(() -> config.getAnnotationIntrospector().findTypeName(annotated));
        }

        private AnnotatedClass annotated(Class<?> type) {
            return config.introspectClassAnnotations(config.constructType(type)).getClassInfo();
        }

        private static Stream<Class<?>> above(Class<?> type) {
            Stream<Class<?>> direct = Stream.of(type.getInterfaces());
            return type.getSuperclass() == null ? direct : Stream.concat(Stream.of(type.getSuperclass()), direct);
        }

        private static Stream<Class<?>> sealedAbove(Class<?> type) {
            return above(type)
                    .flatMap(parent ->
                            Stream.concat(parent.isSealed() ? Stream.of(parent) : Stream.empty(), sealedAbove(parent)));
        }

        private static boolean isUnique(Class<?> type, Class<?> root) {
            List<Class<?>> below = new ArrayList<>();
            collect(root, below);
            return below.stream()
                            .filter(other -> other.getSimpleName().equals(type.getSimpleName()))
                            .distinct()
                            .count()
                    <= 1;
        }

        private static void collect(Class<?> type, List<Class<?>> found) {
            found.add(type);
            if (type.isSealed()) {
                for (Class<?> permitted : type.getPermittedSubclasses()) {
                    collect(permitted, found);
                }
            }
        }

        /**
         * Returns the name of the nearest public class. A non-public class of the JDK is not part of a command, and differs between
         * platforms.
         */
        private static String className(Class<?> type) {
            Class<?> named = type;
            while (type.getClassLoader() == null && !type.isArray() && !isPublicOfJdk(named)) {
                named = above(named)
                        .filter(parent -> parent != Object.class)
                        .findFirst()
                        .orElse(Object.class);
            }
            return named.getName();
        }

        private static boolean isPublicOfJdk(Class<?> type) {
            return isOfJdk(type) && Modifier.isPublic(type.getModifiers());
        }
    }
}
