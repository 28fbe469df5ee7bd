//! Known mistakes, switched in at the ports: the judge must find each.

/// A mistake at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Planted {
    /// The mail side's client tries again what was not answered.
    MailRetried,
    /// What the mail side did not take counts as taken.
    MailFailuresIgnored,
    /// A mail that nobody knows of counts as one that did not leave.
    UnclearTakenForUnsent,
    /// The same, for calls in bulk alone.
    BulkRetried,
    /// The results of a call in bulk are each taken for the next reader's.
    ResultsShifted,
    /// An entry of a call in bulk counts as taken where the call was.
    EntryFailuresIgnored,
    /// Results that do not match a call's readers in number are made to.
    ResultsPadded,
    /// SES tells of mails that it lost that they were sent.
    LostToldToBeSent,
    /// No rate is kept to.
    RateIgnored,
    /// The mail side's quota of the day is not read.
    DayIgnored,
    /// An orderly stop waits for nothing that is in flight.
    StopAtOnce,
    /// A claim is written down after its mails have left.
    ClaimAfterSend,
    /// A row is appended though its number is taken.
    AppendWithoutCondition,
    /// A claim moves the cursor to the end of the page that was read.
    CursorMovedAtFetch,
    /// A message that was not handled is acknowledged.
    AcknowledgedOnError,
    /// A confirmation that is late for an issue is not told to its log.
    LateDropped,
    /// Who unsubscribes is not told to the logs.
    RemovedDropped,
    /// A pause does not get into the logs.
    PauseIgnored,
    /// The rows of outboxes are not all written.
    OutboxRowLost,
    /// Exceptions are not all reported.
    ExceptionsNotReported,
    /// Events that the bus did not take count as published.
    BusFailuresIgnored,
    /// Which events were handled is not remembered.
    DedupeForgotten,
    /// Every invocation of a shard has the same worker id.
    WorkerIdUsedAgain,
    /// Everybody takes over what is open, whose lease may run.
    LeaseIgnored,
    /// A takeover releases what it should hold.
    TakeoverReleases,
    /// Starts of runs are lost, and nobody looks after them.
    StartLost,
    /// An older state of a recipient overwrites a newer one.
    OlderVersionWins,
}

impl Planted {
    /// Whether it shows only where mails go out in bulk.
    pub(crate) fn needs_bulk(self) -> bool {
        matches!(
            self,
            Self::BulkRetried
                | Self::ResultsShifted
                | Self::EntryFailuresIgnored
                | Self::ResultsPadded
                | Self::DayIgnored
                | Self::LostToldToBeSent
        )
    }
}
