package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.StoredDocument;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The order in which a stream's groups are written. */
class MoveTest {

    private static final StreamId STREAM = StreamId.of("Order", "o-1");

    private static Move<String> move(String named, String... passed) {
        StoredDocument document = StoredDocument.builder(GroupKeys.ofStream(STREAM))
                .position(1, "e1")
                .recent(Map.of(named, 1L))
                .build();
        List<String> groups = List.of(passed);
        return new Move<>(
                new Folded<>(STREAM, new StreamState<>(document, "share"), 5, "e5", "share", groups, false, null, null),
                new DocumentJson.Written<>("{}", "share"),
                groups.get(groups.size() - 1));
    }

    private static StoredDocument contribution(long number, String eventId, Map<String, Long> groups) {
        return StoredDocument.builder(new DocumentKey("g:B", STREAM.toString()))
                .position(number, eventId)
                .recent(groups)
                .build();
    }

    @Test
    void last_group_waits_for_groups_that_its_contribution_names() {
        Move<String> move = move("B", "B");
        assertThat(move.next()).isEqualTo("B");

        move.learn("B", contribution(4, "e4", Map.of("B", 4L, "D", 4L)));

        assertThat(move.isNext("B")).isFalse();
        move.done("B");
        assertThat(move.next()).as("the group where a deletion would be found").isEqualTo("D");
        move.done("D");
        assertThat(move.next()).isEqualTo("B");
        assertThat(move.isNext("B")).isTrue();
        move.done("B");
        assertThat(move.next()).isNull();
    }

    @Test
    void last_group_is_contested_if_another_worker_has_written_to_a_named_group() {
        Move<String> move = move("B", "C");
        assertThat(move.isContested("C")).isFalse();

        move.learn("B", contribution(4, "e4", Map.of("B", 4L, "D", 4L)));

        assertThat(move.isContested("C")).isTrue();
        assertThat(move.isContested("D")).isFalse();
    }

    @Test
    void groups_that_a_stream_has_passed_are_written_before_the_last() {
        Move<String> move = move("A", "C", "B");

        assertThat(move.next()).isEqualTo("A");
        move.done("A");
        assertThat(move.next()).isEqualTo("C");
        move.done("C");
        assertThat(move.next()).isEqualTo("B");
    }

    @Test
    void contribution_keeps_the_groups_that_another_worker_named() {
        Move<String> move = move("A", "A", "B");

        StoredDocument kept = move.contribution("B", contribution(4, "e4", Map.of("D", 4L)));

        assertThat(kept.recent().keySet()).containsExactlyInAnyOrder("A", "B", "D");
        assertThat(move.contribution("B", contribution(1, "e1", Map.of("D", 1L)))
                        .recent()
                        .keySet())
                .as("of the document's position")
                .containsExactlyInAnyOrder("A", "B");
    }

    @Test
    void contribution_at_the_position_of_the_document_names_nothing_new() {
        Move<String> move = move("B", "B");

        move.learn("B", contribution(1, "e1", Map.of("B", 1L, "D", 1L)));

        assertThat(move.isNext("B")).isTrue();
    }

    @Test
    void document_names_a_group_whose_contribution_is_ahead() {
        Move<String> move = move("A", "A", "C", "B");

        move.skipped("A", contribution(5, "e5", Map.of()));
        move.skipped("C", contribution(9, "e9", Map.of()));

        StoredDocument document = move.document(StoredDocument.builder(GroupKeys.ofStream(STREAM)))
                .build();
        assertThat(document.recent().keySet()).containsExactlyInAnyOrder("B", "C");
    }
}
