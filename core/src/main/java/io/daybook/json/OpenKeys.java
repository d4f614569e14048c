package io.daybook.json;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleKeyDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import org.jspecify.annotations.Nullable;

/** A setting that lets a check accept maps whose keys are beans. Such keys are written but cannot be read. */
final class OpenKeys {

    private OpenKeys() {}

    /** Adds the setting to a mapper that is used only for a check. */
    static ObjectMapper addTo(ObjectMapper mapper) {
        SimpleModule module = new SimpleModule("daybook-open-keys");
        module.setKeyDeserializers(new SimpleKeyDeserializers() {
            private static final long serialVersionUID = 1L;

            @Override
            public @Nullable KeyDeserializer findKeyDeserializer(
                    JavaType type, DeserializationConfig config, BeanDescription description) {
                return JdkTypes.isJdk(type.getRawClass()) || type.isEnumType() ? null : new Unread();
            }
        });
        return mapper.registerModule(module);
    }

    private static final class Unread extends KeyDeserializer {

        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            throw new IllegalStateException("a check reads no keys");
        }
    }
}
