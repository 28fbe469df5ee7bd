//! Takeovers, holds and evidence.

use super::*;

#[test]
fn a_takeover_waits_for_the_lease_and_holds_also_while_paused() {
    let bodies = [
        claim(1, &[1, 2], Some(2), None),
        control(Some(1), Action::Pause),
    ];
    let mut fold = folded(bodies);
    let of = Worker::new(worker(2));
    assert_eq!(
        fold.decide(&of, &ahead(&[]), &when(60)),
        Step::WaitUntil(at(60))
    );
    let next = appended(fold.decide(&of, &ahead(&[]), &when(61)));
    assert_eq!(
        next[0].author().map(|author| author.worker),
        Some(worker(2))
    );
    then(&mut fold, next[0].clone());
    assert_eq!(held(&fold), ids([1, 2]));
    assert_eq!(
        fold.decide(&of, &ahead(&[]), &when(61)),
        Step::End(End::Paused)
    );
}

#[test]
fn the_claim_of_a_worker_that_is_known_to_be_dead_is_taken_over_at_once() {
    let fold = folded([claim(1, &[1], Some(1), None)]);
    let mut when = when(1);
    when.owner_is_dead = true;
    let next = appended(fold.decide(&Worker::new(worker(2)), &ahead(&[]), &when));
    assert!(matches!(
        next[..],
        [Body::Takeover(Takeover { claim: 0, .. })]
    ));
}

#[test]
fn accepted_settles_any_hold_whatever_the_claim() {
    let fold = folded([
        claim(1, &[1], Some(1), None),
        takeover(2, 0),
        evidence(7, 1, Finding::Accepted),
    ]);
    assert!(held(&fold).is_empty());
    assert_eq!(fold.counts().accepted, 1);
}

#[test]
fn accepted_for_an_open_claim_is_remembered_and_subtracted_at_takeover() {
    let mut fold = folded([
        claim(1, &[1, 2], Some(2), None),
        evidence(0, 1, Finding::Accepted),
        evidence(9, 2, Finding::Accepted),
    ]);
    let before = fold.clone();
    then(&mut fold, takeover(2, 0));
    assert_eq!(held(&fold), ids([2]));
    let mut settled = before;
    then(&mut settled, settle(1, 0, &[Some(Fate::Unsent); 2]));
    assert_eq!(retries(&settled), ids([2]));
}

#[test]
fn accepted_takes_out_of_retry() {
    let mut fold = folded([
        claim(1, &[1], Some(1), None),
        settle(1, 0, &[Some(Fate::Unsent)]),
    ]);
    then(&mut fold, evidence(0, 1, Finding::Accepted));
    assert!(retries(&fold).is_empty());
    assert_eq!(fold.counts().accepted, 1);
}

#[test]
fn other_evidence_counts_only_if_the_hold_comes_from_the_named_claim() {
    let fold = folded([claim(1, &[1], Some(1), None), takeover(2, 0)]);
    let findings = [
        Finding::Unsent,
        Finding::Failed {
            reason: "why".to_owned(),
        },
        Finding::Resend { decision: 1 },
        Finding::Drop { decision: 1 },
    ];
    for finding in findings {
        let mut other = fold.clone();
        then(&mut other, evidence(7, 1, finding.clone()));
        assert_eq!(held(&other), ids([1]), "{finding:?}");
        let mut same = fold.clone();
        then(&mut same, evidence(0, 1, finding.clone()));
        assert!(held(&same).is_empty(), "{finding:?}");
    }
}

#[test]
fn a_fenced_out_worker_tells_what_it_knows_and_is_invoked_again() {
    let bodies = [claim(1, &[1, 2], Some(2), None), takeover(2, 0)];
    let (mut of, mut fold) = worker_of(1, &bodies);
    let known = vec![None, Some((Fate::Unclear, "why".to_owned()))];
    let called = Called {
        known,
        pause: None,
        upon: 0,
    };
    of.called(0, called);
    let told = appended(fold.decide(&of, &ahead(&[]), &when(61)));
    assert_eq!(told, [evidence(0, 1, Finding::Accepted)]);
    then(&mut fold, told[0].clone());
    assert_eq!(held(&fold), ids([2]));
    assert_eq!(
        fold.decide(&of, &ahead(&[]), &when(61)),
        Step::End(End::Again)
    );
}

#[test]
fn an_open_claim_of_ones_own_that_made_no_call_is_adopted() {
    let (of, fold) = worker_of(1, &[claim(1, &[1], Some(1), None)]);
    assert!(matches!(
        fold.decide(&of, &ahead(&[1]), &when(1)),
        Step::Call { claim: 0, .. }
    ));
}

fn decision(version: u64, numbers: Option<&[u64]>) -> Decision {
    Decision {
        version,
        resolution: Resolution::Resend,
        ids: numbers.map(|numbers| ids(numbers.iter().copied())),
    }
}

/// Those of whom the rows of `decision` are.
fn decided(fold: &Fold, decision: &Decision) -> Vec<Uuid> {
    let rows = fold.resolve(decision).into_iter();
    rows.flat_map(|row| match row {
        Body::Evidence(evidence) => evidence.ids,
        Body::CarriedOut(_) => Vec::new(),
        other => panic!("{other:?} decides nothing"),
    })
    .collect()
}

fn carry_out(fold: &mut Fold, decision: &Decision) {
    for row in fold.resolve(decision) {
        then(fold, row);
    }
}

#[test]
fn a_decision_that_comes_again_is_about_nobody_also_if_somebody_is_held_anew() {
    let mut fold = folded([claim(1, &[1], Some(1), None), takeover(2, 0)]);
    let first = decision(1, None);
    let rows = fold.resolve(&first);
    assert_eq!(rows[0], evidence(0, 1, Finding::Resend { decision: 1 }));
    // The process dies in between.
    then(&mut fold, rows[0].clone());
    assert!(decided(&fold, &first).is_empty());
    then(&mut fold, claim(2, &[1], None, None));
    then(&mut fold, takeover(3, 3));
    assert_eq!(held(&fold), ids([1]));
    assert!(decided(&fold, &first).is_empty());
    assert_eq!(decided(&fold, &decision(2, Some(&[1, 2]))), ids([1]));
    assert!(decided(&fold, &decision(2, Some(&[2]))).is_empty());
}

#[test]
fn a_decision_that_comes_again_is_about_nobody_who_was_held_after_it() {
    for numbers in [None, Some(&[1, 2][..])] {
        let mut fold = folded([claim(1, &[1], Some(1), None), takeover(2, 0)]);
        let first = decision(1, numbers);
        carry_out(&mut fold, &first);
        assert_eq!(retries(&fold), ids([1]));
        then(&mut fold, claim(2, &[2], Some(2), None));
        let number = fold.next() - 1;
        then(&mut fold, takeover(3, number));
        assert_eq!(held(&fold), ids([2]));
        assert!(fold.resolve(&first).is_empty());
        assert_eq!(decided(&fold, &decision(2, numbers)), ids([2]));
    }
}

#[test]
fn an_overtaken_decision_is_about_nobody_who_was_claimed_after_the_newer_one() {
    let mut fold = folded([claim(1, &[1], Some(1), None), takeover(2, 0)]);
    // The second overtakes the first, and is about somebody else.
    carry_out(&mut fold, &decision(2, Some(&[7])));
    let number = fold.next();
    then(&mut fold, claim(2, &[2], Some(2), None));
    then(&mut fold, takeover(3, number));
    assert_eq!(held(&fold), ids([1, 2]));
    assert_eq!(decided(&fold, &decision(1, None)), ids([1]));
    assert_eq!(decided(&fold, &decision(3, None)), ids([1, 2]));
}

#[test]
fn a_decision_that_met_nobody_is_remembered_too() {
    let mut fold = folded([claim(1, &[1], Some(1), None)]);
    let first = decision(1, None);
    carry_out(&mut fold, &first);
    then(&mut fold, takeover(2, 0));
    assert!(fold.resolve(&first).is_empty());
    assert_eq!(held(&fold), ids([1]));
}

#[test]
fn whenever_somebody_was_held_by_whatever_clock_a_decision_meets_them() {
    let bodies = [claim(1, &[1], Some(1), None), takeover(2, 0)];
    for second in [0, 1_000_000] {
        let mut fold = Fold::default();
        for (number, body) in (0..).zip(&bodies) {
            let row = body.clone().at(at(second));
            fold.apply(number, &row).expect("it follows");
        }
        assert_eq!(decided(&fold, &decision(1, None)), ids([1]));
    }
}

#[test]
fn a_decision_that_was_overtaken_by_one_about_others_is_not_lost() {
    let mut fold = folded([claim(1, &[1, 2, 3], Some(3), None), takeover(2, 0)]);
    for (version, numbers) in [(3, &[2][..]), (1, &[1]), (2, &[2, 3])] {
        let decision = decision(version, Some(numbers));
        carry_out(&mut fold, &decision);
        assert!(fold.resolve(&decision).is_empty());
    }
    assert_eq!(retries(&fold), ids([1, 2, 3]));
    assert!(held(&fold).is_empty());
}

#[test]
fn a_decision_that_was_overtaken_is_not_about_whom_the_newer_one_named() {
    let mut fold = folded([claim(1, &[1, 2], Some(2), None), takeover(2, 0)]);
    carry_out(&mut fold, &decision(2, Some(&[1])));
    then(&mut fold, claim(2, &[1], None, None));
    let number = fold.next() - 1;
    then(&mut fold, takeover(3, number));
    assert_eq!(held(&fold), ids([1, 2]));
    assert_eq!(decided(&fold, &decision(1, None)), ids([2]));
}

#[test]
fn dropped_ones_count_as_failed() {
    let fold = folded([
        claim(1, &[1], Some(1), None),
        takeover(2, 0),
        evidence(0, 1, Finding::Drop { decision: 1 }),
    ]);
    assert_eq!(outcome(&fold, 1), Some(Outcome::Failed));
}
