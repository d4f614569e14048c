package io.daybook.json;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;

/** Lets Jackson deduce a subtype that an annotation declares, and refuses names of classes in JSON. */
public final class DeclaredSubtypes extends PolymorphicTypeValidator.Base {

    private static final long serialVersionUID = 1L;

    /** Is asked only where an annotation or a setting asks for names of classes. */
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
