package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Tests the tests: each contract fails for stores and feeds that break it, and none of its tests is skipped. */
@Tag("faults")
class ContractsNoticeTest {

    private static final class Outcome implements TestExecutionListener {
        private final Set<String> failed = new TreeSet<>();
        private final Set<String> passed = new TreeSet<>();
        private final Set<String> skipped = new TreeSet<>();

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            skipped.add(test.getDisplayName());
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
                String name = test.getSource()
                        .map(MethodSource.class::cast)
                        .map(MethodSource::getMethodName)
                        .orElseThrow();
                (result.getStatus() == Status.SUCCESSFUL ? passed : failed).add(name);
            }
        }
    }

    private static Outcome run(Class<?> suite) {
        return run(List.of(selectClass(suite)));
    }

    /** The test alone that is to fail, since the others of its suite would prove nothing and take most of the time. */
    private static Set<String> failures(Class<?> broken, String suite, String test) throws ClassNotFoundException {
        Class<?> type = Class.forName(broken.getName() + "$" + suite);
        return run(ReflectionSupport.findMethods(
                                type, method -> method.getName().equals(test), HierarchyTraversalMode.TOP_DOWN)
                        .stream()
                        .map(method -> selectMethod(type, method))
                        .toList())
                .failed;
    }

    private static Outcome run(List<? extends DiscoverySelector> selectors) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request().selectors(selectors).build();
        Outcome outcome = new Outcome();
        LauncherFactory.create().execute(request, outcome);
        assertThat(outcome.skipped).isEmpty();
        return outcome;
    }

    @Test
    void the_right_store_passes() {
        Outcome outcome = run(BrokenEventStores.Right.class);

        assertThat(outcome.failed).isEmpty();
        assertThat(outcome.passed).hasSizeGreaterThan(25);
    }

    @ParameterizedTest
    @CsvSource({
        "DoesNothing, an_event_comes_back_as_it_was_stored",
        "NoVersionCheck, refuses_an_expected_version_behind_the_stream",
        "NotAtomic, refuses_an_event_that_is_too_large_and_names_it",
        "NotAtomic, a_reader_sees_whole_appends_only",
        "ChecksThenActs, of_writers_at_the_same_version_one_wins",
        "GapsWhenAhead, refuses_an_expected_version_ahead_of_the_stream",
        "DoublesARetriedAppend, an_append_that_is_sent_again_is_recognised_by_its_event_ids",
        "CallsItsOwnRetryAConflict, an_append_that_is_sent_again_is_recognised_by_its_event_ids",
        "RecognizesAppendsByIdsOnly, refuses_other_events_with_the_ids_of_stored_events",
        "ForgetsTheCommand, repeated_command_gets_its_first_result_at_any_version",
        "ForgetsTheRejection, rejected_command_is_refused_from_then_on",
        "RejectsWhatWasAccepted, first_record_of_a_command_counts",
        "IgnoresTheFingerprint, another_command_under_the_same_id_is_refused",
        "IgnoresTheTimeout, starts_no_append_after_the_timeout",
        "IgnoresTheEventBefore, stores_an_append_built_on_another_event_and_names_what_it_found",
        "CallsAnotherEventBeforeAConflict, stores_an_append_built_on_another_event_and_names_what_it_found",
        "NamesTheEventBeforeAlways, says_nothing_of_the_event_that_the_decision_was_built_on",
        "EncodesWhatIsStored, copies_events_of_older_versions_as_they_are_stored",
        "EncodesWhatIsStored, copies_events_that_the_program_does_not_know",
        "BelievesTheMetadata, refuses_a_new_event_whose_metadata_name_another_type_or_version",
        "NarrowsNumbers, reads_nothing_however_far_beyond_the_end",
        "WrongOrder, reads_a_long_stream_page_by_page_and_loses_nothing",
        "EventsOfAnotherStream, keeps_streams_apart_whose_names_are_alike",
        "LosesOneAtThePageBoundary, reads_a_long_stream_page_by_page_and_loses_nothing",
        "CurrentReadsAreBehind, current_read_returns_all_events_after_a_version",
        "QueriesInTheOrderOfTheLog, finds_events_in_the_order_of_their_time_and_then_of_their_number",
        "LosesOneAtThePageBoundaryOfAQuery, finds_many_events_page_by_page_and_loses_none",
        "OrdersTimesAsText, compares_times_as_times_however_many_digits_they_have",
        "IgnoresTheCaseOfCommandIds, command_ids_that_are_alike_name_different_commands"
    })
    void a_broken_store_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenEventStores.class, suite, failing)).containsExactly(failing);
    }

    @ParameterizedTest
    @CsvSource({
        "DeletesNothing, a_deleted_stream_can_neither_be_read_nor_appended_to",
        "DeletesNothing, writers_are_stopped_by_a_deletion_at_whatever_version",
        "LeavesNoTombstone, a_stream_of_one_event_is_deleted_like_any_other",
        "LeavesNoTombstone, a_stream_without_events_can_be_closed_for_good",
        "LeavesWhatIsBeyondATransaction, deletes_more_events_and_commands_than_are_handled_at_once",
        "DeletesAtWhateverVersion, a_deletion_at_another_version_is_a_conflict_and_deletes_nothing",
        "ChecksThenDeletes, of_an_append_and_a_deletion_at_the_same_version_one_wins",
        "GivesUpAgainstWriters, closes_a_stream_first_however_fast_four_writers_append",
        "RefusesToDeleteTwice, to_delete_it_again_does_no_harm_at_whatever_version",
        "RefusesToDeleteTwice, of_deleters_at_the_same_time_all_come_to_an_end",
        "DeletesWhatIsNamedAlike, streams_whose_names_are_alike_are_not_deleted_along",
        "DeletesInPieces, reader_gets_the_whole_stream_or_a_deletion_failure",
        "EndsEarlyForAReaderOnItsWay, reader_in_progress_gets_the_rest_or_a_deletion_failure",
        "KeepsThemForQueries, what_was_deleted_is_not_found_and_the_rest_is"
    })
    void a_store_that_deletes_wrongly_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenDeletions.class, suite, failing)).containsExactly(failing);
    }

    @ParameterizedTest
    @CsvSource({
        "ForgetsARange, scan_returns_each_event_once_in_the_order_of_its_stream",
        "RepeatsARange, scan_returns_each_event_once_in_the_order_of_its_stream",
        "LosesOneAtThePageBoundary, scan_includes_long_stream_that_spans_many_pages",
        "EndsAfterOnePage, scan_includes_long_stream_that_spans_many_pages",
        "NeverEnds, scan_returns_no_event_of_deleted_stream",
        "WrongOrder, scan_returns_each_event_once_in_the_order_of_its_stream",
        "TearsAppends, scan_returns_each_event_once_in_the_order_of_its_stream",
        "AcceptsAnyRange, scan_refuses_unknown_range",
        "AcceptsAnyPosition, scan_refuses_position_of_another_store",
        "KeepsWhatIsDeleted, scan_returns_no_event_of_deleted_stream"
    })
    void a_store_that_scans_wrongly_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenEventScans.class, suite, failing)).containsExactly(failing);
    }

    @Test
    void a_store_that_does_nothing_passes_no_test_that_stores_something() {
        assertThat(run(BrokenEventStores.DoesNothing.class).passed)
                .containsExactlyInAnyOrder(
                        "a_stream_without_events_has_version_0_and_nothing_to_read",
                        "scan_refuses_position_of_another_store",
                        "scan_refuses_unknown_range");
    }

    @ParameterizedTest
    @CsvSource({
        "NoSnapshots, a_snapshot_comes_back_as_it_was_saved",
        "Backwards, it_never_moves_backwards",
        "CachesNothing, returns_state_that_was_put",
        "CachesBackwards, later_version_replaces_earlier_one_in_any_order",
        "KeepsOtherSchemaVersions, state_of_another_schema_version_replaces_at_any_version",
        "RemovesNothing, removed_state_is_gone_and_other_streams_keep_theirs",
        "IgnoresCase, distinguishes_streams_by_case",
        "ForgetsItsProgress, resumes_at_its_checkpoint",
        "ForgetsItsProgress, instance_that_takes_over_delivers_no_event_of_parked_stream",
        "SkipsWhatAHandlerThrewAt, poison_event_parks_its_stream_and_stops_no_other",
        "SkipsWhatAHandlerThrewAt, retries_parked_stream_in_order_with_later_events",
        "SkipsWhatAHandlerThrewAt, forgets_unused_name",
        "LosesWhatAHandlerThrewAt, loses_nothing_when_a_handler_throws_now_and_then",
        "WrongOrder, delivers_every_event_in_stream_order",
        "TearsAppends, delivers_the_events_of_one_append_in_one_call",
        "HandsOnTheRestOfWhatAHandlerThrewAt, delivers_nothing_of_a_stream_while_its_first_events_fail",
        "HandsOnNothing, stopping_lets_the_handler_finish_and_hands_nothing_on_afterwards",
        "HandsOnNothing, resumes_when_the_failing_event_is_deleted",
        "HandsOnWhatWasDeleted, skips_events_deleted_before_delivery",
        "RemembersThatItHasCaughtUp, has_not_caught_up_until_an_event_stored_before_is_handled",
        "DropsDeletions, delivers_deletion_after_all_events_of_the_stream",
        "DropsDeletions, deletion_of_parked_stream_waits_for_the_retry",
        "DeliversDeletionsFirst, delivers_deletion_after_all_events_of_the_stream",
        "WrongVersionOfDeletions, delivers_deletion_after_all_events_of_the_stream",
        "SwallowsFailuresOfDeletions, redelivers_deletion_that_its_handler_threw_at",
        "SwallowsFailuresOfDeletions, deletion_that_fails_parks_its_stream"
    })
    void a_broken_snapshot_store_or_feed_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenSnapshotsAndFeeds.class, suite, failing)).containsExactly(failing);
    }

    @ParameterizedTest
    @CsvSource({
        "KeepsNothing, a_key_stays_what_it_is_and_is_found_everywhere",
        "CreatesAKeyAnewAfterItWasDestroyed, a_destroyed_key_is_gone_for_good",
        "CreatesAKeyAnewAfterItWasDestroyed, a_subject_that_is_destroyed_before_it_has_a_key_gets_none",
        "RemembersTheDestroyedInItsProcessOnly, a_key_that_is_destroyed_elsewhere_is_gone_here",
        "CachesWithoutBound, a_key_that_is_destroyed_elsewhere_is_gone_here",
        "ChecksThenCreates, concurrent_callers_get_the_same_key",
        "OneKeyForAll, each_subject_has_a_separate_key",
        "IgnoresCase, subjects_whose_names_are_alike_have_keys_of_their_own",
        "CreatesOnALook, a_subject_has_no_key_before_one_is_created",
        "MarksTooLate, no_key_comes_back_whatever_is_done_while_it_is_destroyed"
    })
    void a_broken_store_of_keys_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenSubjectKeys.class, suite, failing)).containsExactly(failing);
    }

    @ParameterizedTest
    @CsvSource({
        "NoEtag, replaces_document_only_under_its_etag",
        "CreatesOver, creates_document_only_if_there_is_none",
        "Upserts, replaces_no_document_that_does_not_exist",
        "EtagIsRevision, each_write_changes_the_etag",
        "NotAtomic, writes_all_documents_of_a_batch_or_none",
        "ChecksThenWrites, of_writers_under_the_same_etag_one_wins",
        "WritesAnySize, refuses_document_that_is_too_large",
        "WritesAcrossPartitions, refuses_batch_of_several_partitions_or_of_wrong_size",
        "IgnoresCase, keys_that_are_alike_name_different_documents",
        "ReadsFewAtOnce, reads_many_documents_and_omits_those_that_do_not_exist",
        "ForgetsTheParking, document_is_read_as_it_was_written",
        "ForgetsTheParking, scans_parked_documents_a_partition_or_an_id",
        "SortsAsUtf16, sorts_by_code_point_and_then_by_key",
        "PagesByValueOnly, pages_repeat_no_document_and_lose_none",
        "MatchesTheFirstElement, any_element_of_a_list_matches",
        "EndsAtAConflict, makes_each_write_regardless_of_the_others",
        "MixesResults, makes_each_write_regardless_of_the_others",
        "DividesWrites, writes_all_documents_of_each_of_several_writes_or_none",
        "ListsWhatIsGone, lists_only_documents_that_have_content_and_a_value_to_sort_by",
        "ScansOnePage, scans_every_document_once",
        "SharesVersions, versions_and_instances_share_only_what_they_should",
        "DropsNothing, dropped_read_model_starts_empty"
    })
    void a_broken_read_model_store_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenReadModelStores.class, suite, failing)).containsExactly(failing);
    }

    @ParameterizedTest
    @CsvSource({
        "RingsOnce, timer_stays_due_until_it_is_removed",
        "RingsTheSecond, timer_is_due_from_its_time_on_and_not_before",
        "ForgetsWhatWasRemoved, timer_that_is_set_twice_is_stored_once",
        "RestoresNothing, timer_that_the_store_has_lost_is_restored",
        "FiresWhatWasPostponed, postponed_timer_is_due_later_and_keeps_its_time",
        "ForgetsTheOriginalTime, postponed_timer_is_due_later_and_keeps_its_time",
        "IgnoresCase, keys_that_are_alike_name_different_timers",
        "OneTimerPerTime, timers_of_one_stream_and_time_are_all_stored",
        "AnyOrder, those_due_first_come_first_and_no_page_loses_one"
    })
    void a_broken_timer_store_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenTimerStores.class, suite, failing)).containsExactly(failing);
    }

    @ParameterizedTest
    @CsvSource({
        "ForgetsEverything, returns_what_was_put",
        "FirstPutWins, replaces_an_older_revision",
        "LastPutWins, keeps_a_newer_revision",
        "LastPutWins, highest_revision_wins_among_concurrent_puts",
        "RevisionsAreDoubles, compares_large_revisions_as_numbers",
        "NeverForgets, forgets_a_document_when_its_time_ends",
        "NeverForgets, takes_an_older_revision_again_when_the_newer_one_is_forgotten",
        "IgnoresCaseOfKeys, distinguishes_keys_by_each_character",
        "CutsText, keeps_any_text"
    })
    void a_broken_read_cache_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenReadCaches.class, suite, failing)).containsExactly(failing);
    }

    @Test
    void right_publisher_passes() {
        Outcome outcome = run(BrokenPublishers.Right.class);

        assertThat(outcome.failed).isEmpty();
        assertThat(outcome.passed).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "DropsDeletions, deletion_has_arrived_after_the_events_of_its_stream",
        "DeletesBeforeTheEvents, deletion_has_arrived_after_the_events_of_its_stream",
        "NumbersDeletionsAsTheLastEvent, deletion_has_arrived_after_the_events_of_its_stream",
        "NewIdForEachDeletion, deletion_that_is_published_again_has_the_same_id",
        "DeletionLooksLikeAnEvent, distinguishes_deletions_of_streams",
        "OneIdForAllDeletions, distinguishes_deletions_of_streams",
        "WrongOrder, events_have_arrived_in_order_when_it_returns"
    })
    void a_broken_publisher_fails(String suite, String failing) throws ClassNotFoundException {
        assertThat(failures(BrokenPublishers.class, suite, failing)).containsExactly(failing);
    }
}
