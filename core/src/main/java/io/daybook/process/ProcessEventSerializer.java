package io.daybook.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.process.ProcessEvent.SentCommand;
import io.daybook.process.ProcessEvent.StepTaken;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.shredding.SubjectCipher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The serializer of process events. It encrypts the state and the commands of steps that name subjects. Thread-safe. */
final class ProcessEventSerializer implements EventSerializer {

    /** The prefix of the encrypted content of a step, which takes the place of its state. */
    static final String ENCRYPTED = "daybook:encrypted:1:";

    /** The event type that the store's serializer must know if the states of a process name subjects. */
    static final EventTypes ENCRYPTION = EventTypes.of(Encryption.class);

    private static final String ADVICE =
            "create the process store and its feed with ProcessEvent.serializer(SubjectKeys)";

    @EventType("daybook.Encryption")
    private record Encryption() implements DomainEvent {}

    private record Content(String state, List<String> commands) {}

    private final EventSerializer events = JacksonEventSerializer.of(EventTypes.of(ProcessEvent.class));
    private final JsonMapper json = JacksonDefaults.mapper().build();
    private final @Nullable SubjectCipher cipher;

    ProcessEventSerializer(@Nullable SubjectCipher cipher) {
        this.cipher = cipher;
    }

    @Override
    public void requireEventTypes(EventTypes types) {
        if (types != ENCRYPTION) {
            events.requireEventTypes(types);
        } else if (cipher == null) {
            throw new IllegalArgumentException(
                    "the process names subjects, but the process store has no keys: " + ADVICE);
        }
    }

    @Override
    public EventTypes.Registration registrationOf(DomainEvent event) {
        return events.registrationOf(event);
    }

    @Override
    public byte[] encode(DomainEvent event) {
        if (!(event instanceof StepTaken step) || step.subjects().isEmpty() || step.isEncrypted()) {
            return events.encode(event);
        }
        if (cipher == null) {
            throw failure(step, "written because it names subjects, but the store has no keys", ADVICE, null);
        }
        try {
            byte[] clear = json.writeValueAsBytes(new Content(
                    step.state(),
                    step.commands().stream().map(SentCommand::json).toList()));
            byte[] encrypted = cipher.encrypt(step.subjects(), clear, place(step));
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(encrypted);
            return events.encode(step.with(ENCRYPTED + text, commands(step, List.of())));
        } catch (JsonProcessingException e) {
            throw failure(step, "written", e.getClass().getName(), null);
        }
    }

    @Override
    public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
        DomainEvent event = events.decode(eventType, eventVersion, data);
        return event instanceof StepTaken step && step.isEncrypted() ? decrypt(step) : event;
    }

    private StepTaken decrypt(StepTaken step) {
        if (cipher == null) {
            throw failure(step, "read because it is encrypted, but the store has no keys", ADVICE, null);
        }
        try {
            byte[] encrypted = Base64.getUrlDecoder().decode(step.state().substring(ENCRYPTED.length()));
            Optional<byte[]> clear = cipher.decrypt(step.subjects(), encrypted, place(step));
            if (clear.isEmpty()) {
                return step;
            }
            Content content = json.readValue(clear.get(), Content.class);
            return step.with(content.state(), commands(step, content.commands()));
        } catch (IllegalArgumentException e) {
            throw failure(step, "read", String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw failure(step, "read", e.getClass().getName(), null); // its message may quote the content
        }
    }

    private static List<SentCommand> commands(StepTaken step, List<String> json) {
        List<SentCommand> commands = new ArrayList<>();
        for (SentCommand each : step.commands()) {
            String content = json.isEmpty() ? "" : json.get(commands.size());
            commands.add(new SentCommand(each.name(), each.key(), each.type(), each.version(), content));
        }
        return commands;
    }

    private static String[] place(StepTaken step) {
        return new String[] {
            "process step",
            step.instance(),
            step.cause().kind().name(),
            step.cause().key()
        };
    }

    private EventSerializationException failure(StepTaken step, String done, String reason, @Nullable Throwable cause) {
        EventTypes.Registration type = events.registrationOf(step);
        return new EventSerializationException(
                "a step of a process cannot be " + done + ": " + reason, type.name(), type.version(), "state", cause);
    }
}
