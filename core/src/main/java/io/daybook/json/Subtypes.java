package io.daybook.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.jsontype.impl.AsDeductionTypeSerializer;
import com.fasterxml.jackson.databind.ser.BeanSerializerFactory;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A check that the JSON identifies the class of a value whose declared type is abstract. */
final class Subtypes {

    private final MappingCheck check;
    private final ObjectMapper mapper;
    private final SerializationConfig config;
    private final boolean untold;

    /**
     * Creates a check.
     *
     * @param check creates the failures, and checks the subtypes that are found
     * @param mapper the Jackson mapper
     * @param untold whether sealed types without annotations are accepted
     */
    Subtypes(MappingCheck check, ObjectMapper mapper, boolean untold) {
        this.check = check;
        this.mapper = mapper;
        this.config = mapper.getSerializationConfig();
        this.untold = untold;
    }

    boolean areToldBy(AnnotatedMember member) {
        return config.getAnnotationIntrospector().findPolymorphicTypeInfo(config, member) != null;
    }

    void require(JavaType type, AnnotatedMember member, String where) throws JsonMappingException {
        BeanSerializerFactory factory = (BeanSerializerFactory) mapper.getSerializerFactory();
        boolean elements = type.isContainerType();
        JavaType base = elements ? type.getContentType() : type;
        TypeSerializer typeId = elements
                ? factory.findPropertyContentTypeSerializer(type, config, member)
                : factory.findPropertyTypeSerializer(type, config, member);
        refuseClassNames(typeId, where);
        require(
                base.getRawClass(),
                mapper.getSubtypeResolver().collectAndResolveSubtypesByClass(config, member, base),
                typeId,
                where);
    }

    void requireTold(JavaType type, String where) throws JsonMappingException {
        Class<?> raw = type.getRawClass();
        if (untold && raw.isSealed()) {
            for (Class<?> permitted : raw.getPermittedSubclasses()) {
                check.member(mapper.constructType(permitted), where);
            }
            return;
        }
        throw check.failure(
                where,
                "has the abstract type " + raw.getName() + ", whose class the JSON does not record",
                "annotate " + raw.getSimpleName()
                        + " with @JsonTypeInfo(use = NAME) and @JsonSubTypes, or use a concrete type");
    }

    void require(JavaType type, TypeSerializer typeId, String where) throws JsonMappingException {
        Class<?> raw = type.getRawClass();
        refuseClassNames(typeId, where);
        Collection<NamedType> declared = mapper.getSubtypeResolver()
                .collectAndResolveSubtypesByClass(
                        config, config.introspectClassAnnotations(type).getClassInfo());
        require(raw, declared, typeId, where);
    }

    private void refuseClassNames(TypeSerializer typeId, String where) {
        if (typeId instanceof AsDeductionTypeSerializer) {
            return;
        }
        JsonTypeInfo.Id id = typeId.getTypeIdResolver().getMechanism();
        if (id == JsonTypeInfo.Id.CLASS || id == JsonTypeInfo.Id.MINIMAL_CLASS) {
            throw check.failure(
                    where,
                    "has the name of a Java class in its JSON, which would let JSON choose the class",
                    "use @JsonTypeInfo(use = NAME) with @JsonSubTypes");
        }
    }

    private void require(Class<?> raw, Collection<NamedType> declared, TypeSerializer typeId, String where)
            throws JsonMappingException {
        Set<Class<?>> known = new HashSet<>();
        declared.forEach(named -> known.add(named.getType()));
        known.removeIf(subtype -> Modifier.isAbstract(subtype.getModifiers()));
        if (known.isEmpty()) {
            throw check.failure(
                    where,
                    "has the type " + raw.getName() + ", for which no subtype is declared",
                    "add @JsonSubTypes to it");
        }
        for (Class<?> leaf : leaves(raw)) {
            if (!known.contains(leaf)) {
                throw check.failure(
                        where,
                        "has the sealed type " + raw.getName() + ", whose subtype " + leaf.getName()
                                + " is not declared",
                        "add it to @JsonSubTypes");
            }
        }
        requireDistinct(known, typeId, where);
        for (Class<?> subtype : known) {
            check.subtype(mapper.constructType(subtype), typeId, where);
        }
    }

    private void requireDistinct(Set<Class<?>> known, TypeSerializer typeId, String where) {
        boolean deduced = typeId instanceof AsDeductionTypeSerializer;
        Map<Object, Class<?>> byId = new HashMap<>();
        for (Class<?> subtype : known) {
            Set<String> names = names(subtype);
            if (deduced) {
                known.stream()
                        .filter(other -> other != subtype
                                && !names.isEmpty()
                                && names(other).containsAll(names))
                        .findFirst()
                        .ifPresent(other -> {
                            throw alike(where, subtype, other, "a member that the other one does not have");
                        });
                continue;
            }
            Class<?> other = byId.put(typeId.getTypeIdResolver().idFromValueAndType(null, subtype), subtype);
            if (other != null) {
                throw alike(where, subtype, other, "a unique name");
            }
            if (typeId.getTypeInclusion() == JsonTypeInfo.As.PROPERTY && names.contains(typeId.getPropertyName())) {
                throw check.failure(
                        subtype.getName() + "." + typeId.getPropertyName(),
                        "has the name of the property that contains the type id",
                        "use another property in @JsonTypeInfo");
            }
        }
    }

    private IllegalArgumentException alike(String where, Class<?> one, Class<?> other, String advice) {
        return check.failure(
                where,
                "has the subtypes " + one.getName() + " and " + other.getName()
                        + ", which the JSON does not distinguish",
                "give each of them " + advice);
    }

    private Set<String> names(Class<?> subtype) {
        return mapper.getDeserializationConfig().introspect(mapper.constructType(subtype)).findProperties().stream()
                .map(BeanPropertyDefinition::getName)
                .collect(Collectors.toSet());
    }

    private static Set<Class<?>> leaves(Class<?> type) {
        Set<Class<?>> leaves = new HashSet<>();
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                leaves.addAll(leaves(permitted));
                if (!Modifier.isAbstract(permitted.getModifiers())) {
                    leaves.add(permitted);
                }
            }
        }
        return leaves;
    }
}
