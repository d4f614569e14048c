package io.daybook.json;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;

/** A validator that lets Jackson deduce a subtype declared by an annotation, and rejects class names in JSON. */
public final class DeclaredSubtypes extends PolymorphicTypeValidator.Base {

    private static final long serialVersionUID = 1L;

    /** Denies the base type. Jackson calls this method only where an annotation or a setting requests class names. */
    @Override
    public Validity validateBaseType(MapperConfig<?> config, JavaType baseType) {
        return Validity.DENIED;
    }

    @Override
    public Validity validateSubClassName(MapperConfig<?> config, JavaType baseType, String name) {
        boolean declared = config
                .getSubtypeResolver()
                .collectAndResolveSubtypesByTypeId(
                        config, config.introspectClassAnnotations(baseType).getClassInfo())
                .stream()
                .anyMatch(subtype -> subtype.getType().getName().equals(name));
        return declared ? Validity.ALLOWED : Validity.DENIED;
    }
}
