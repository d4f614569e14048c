package io.daybook.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.json.MappingCheck;
import io.daybook.json.ValueComparison;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.Upcaster;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of the states of one process. Each state that is written is read back and compared. Immutable. */
final class StateCodec<S> {

    private final String process;
    private final int version;
    private final Class<S> type;
    private final VersionedJson json;

    StateCodec(String process, int version, Class<S> type, ObjectMapper mapper, List<Upcaster> upcasters) {
        this.process = process;
        this.version = version;
        this.type = type;
        MappingCheck.require(MappingCheck.Use.PROCESS_STATE, type, mapper);
        int since = upcasters.stream().mapToInt(Upcaster::version).min().orElse(version);
        this.json = new VersionedJson(
                List.of(new VersionedJson.Type(process, version, since, type, mapper)),
                upcasters.stream()
                        .map(each ->
                                new VersionedJson.Upcast(each.type(), each.version(), each.newType(), each.change()))
                        .toList());
    }

    int version() {
        return version;
    }

    String write(@Nullable S state) {
        if (state == null) {
            return "";
        }
        try {
            byte[] data = json.write(state);
            String difference = ValueComparison.ofContent().difference(state, json.readBack(process, version, data));
            if (difference != null) {
                throw new IllegalStateException("the state of " + process + " changes when it is read back from JSON"
                        + (difference.isEmpty() ? "" : ", at " + difference) + ": use only members in " + type.getName()
                        + " that JSON preserves exactly, such as the components of a record");
            }
            return new String(data, StandardCharsets.UTF_8);
        } catch (VersionedJson.UnreadableException e) {
            throw failure("written", version, e);
        }
    }

    @Nullable
    S read(int version, String state) {
        if (state.isEmpty()) {
            return null;
        }
        try {
            return type.cast(json.readStored(process, version, state.getBytes(StandardCharsets.UTF_8)));
        } catch (VersionedJson.UnreadableException e) {
            throw failure("read", version, e);
        }
    }

    private IllegalStateException failure(String done, int version, VersionedJson.UnreadableException e) {
        return new IllegalStateException(
                "the state of " + process + " version " + version + " cannot be " + done
                        + (e.path().isEmpty() ? "" : ", at " + e.path()) + ": " + e.getMessage(),
                e);
    }
}
