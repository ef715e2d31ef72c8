"""The shop's jobs, tested without a server: python -m pytest"""

import pytest
from common.storage import transaction
from shop_jobs import confirm_order, render_invoice, sync_stock, take_payment

from goqueue_worker.testing import InvalidJob, run

ORDER = {"order": 1042, "to": "ada@example.org", "lines": [{"article": "tea", "count": 2}, {"article": "cup", "count": 1}]}


@pytest.fixture(autouse=True)
def shop_data(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_DATA", str(tmp_path))
    return tmp_path


def test_an_order_is_confirmed_by_mail(shop_data):
    done = run(confirm_order, ORDER, job_id="first")
    assert done.status == "completed"
    assert done.result["cents"] == 2190
    assert (shop_data / "outbox" / "first.txt").read_text().startswith("To: ada@example.org\nSubject: Your order 1042\n")
    assert done.logs == [("info", "order_confirmed", {"order": 1042})]


def test_an_order_has_its_invoice_rendered():
    done = run(confirm_order, ORDER)
    assert [(child.type, child.payload) for child in done.children] == [("invoice.render", ORDER)]
    assert done.result["invoice_job"] == done.children[0].id


def test_a_second_attempt_sends_no_second_mail_and_no_second_invoice(shop_data):
    first = run(confirm_order, ORDER, job_id="first")
    again = run(confirm_order, ORDER, job_id="first", attempt=2)
    assert again.result == first.result
    assert len(list((shop_data / "outbox").iterdir())) == 1


def test_an_order_of_an_unknown_article_is_not_tried_again():
    done = run(confirm_order, {**ORDER, "lines": [{"article": "moon", "count": 1}]})
    assert (done.status, done.failure_reason) == ("failed", "discarded")
    assert done.error == "there is no article 'moon': the shop has tea, cup, kettle"


def test_an_order_without_lines_is_refused_at_submit():
    with pytest.raises(InvalidJob, match="/payload/lines"):
        run(confirm_order, {**ORDER, "lines": []})


def test_an_invoice_says_how_far_it_is(shop_data):
    done = run(render_invoice, ORDER)
    assert done.progress == [(0.5, "line 1"), (1.0, "line 2")]
    assert "<p>21.90 EUR</p>" in (shop_data / "invoices" / "1042.html").read_text()


def test_a_payment_is_taken_once_by_two_attempts_and_twice_by_two_jobs():
    payment = {"order": 1042, "cents": 2190}
    assert run(take_payment, payment, job_id="a").result["paid_cents"] == 2190
    assert run(take_payment, payment, job_id="a", attempt=2).result["paid_cents"] == 2190
    assert run(take_payment, payment, job_id="b").result["paid_cents"] == 4380


def test_the_stock_of_all_suppliers_is_taken_over():
    done = run(sync_stock, {"suppliers": ["tea-house", "pottery"]})
    assert done.result == {"articles": 3}
    with transaction() as database:
        assert dict(database.execute("SELECT article, count FROM stock")) == {"tea": 120, "cup": 36, "kettle": 8}


def test_a_list_that_has_not_arrived_is_waited_for():
    done = run(sync_stock, {"suppliers": ["tea-house", "late"]})
    assert (done.status, done.retry_in) == ("retrying", 60)
    assert done.error == "late.csv has not arrived"
