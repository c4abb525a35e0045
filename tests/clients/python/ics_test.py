"""A calendar program that is not ours: the iCalendar of the real truce, read by the icalendar package.

Run by tests/run, which sets ENTENTE_BIN.
"""

import datetime
import os
import subprocess
import tempfile
import unittest

import icalendar

FIXED = ["--as-of", "2026-10-31", "--known-at", "296", "--within", "90d"]


class Calendar(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        command = [os.environ["ENTENTE_BIN"], "demo", "--listen", "127.0.0.1:0", "--data-dir", cls.directory.name]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in cls.server.stdout:
            if line.startswith("serving "):
                cls.address = line.split()[1]
                break
        cls.raw = cls.print("--ics")
        cls.calendar = icalendar.Calendar.from_ical(cls.raw)
        cls.events = list(cls.calendar.walk("VEVENT"))

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.server.stdout.close()
        cls.directory.cleanup()

    @classmethod
    def print(cls, *arguments, fixed=FIXED):
        command = [os.environ["ENTENTE_BIN"], "calendar", "--server", cls.address, *fixed, *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout

    def event(self, uid):
        found = [event for event in self.events if str(event["UID"]) == uid]
        self.assertEqual(len(found), 1, uid)
        return found[0]

    def test_it_is_one_calendar_without_an_error(self):
        self.assertEqual(self.calendar["VERSION"], "2.0")
        self.assertEqual(self.calendar["PRODID"], "-//entente//deadlines//EN")
        self.assertEqual(str(self.calendar["X-WR-CALNAME"]), "US-China truce of October 2025")
        for event in self.events:
            self.assertEqual(event.errors, [])

    def test_lines_end_with_crlf_and_have_at_most_75_octets(self):
        self.assertTrue(self.raw.endswith(b"END:VCALENDAR\r\n"))
        for line in self.raw.split(b"\r\n"):
            self.assertLessEqual(len(line), 75)
            self.assertNotIn(b"\n", line)
            line.decode()  # no character is cut in two

    def test_there_is_one_entry_for_each_deadline_with_a_uid_of_its_own(self):
        deadlines = self.print("--json").splitlines()
        self.assertEqual(len(self.events), len(deadlines))
        self.assertEqual(len({str(event["UID"]) for event in self.events}), len(self.events))

    def test_instants_are_utc_and_the_stamp_is_when_the_last_event_was_recorded(self):
        rule = self.event("lapse.-.base.0.us-affiliates-rule-suspension.us-china@entente")
        utc = datetime.timezone.utc
        self.assertEqual(rule["DTSTART"].dt, datetime.datetime(2026, 11, 10, 5, 0, tzinfo=utc))
        for event in self.events:
            self.assertEqual(event["DTSTAMP"].dt, datetime.datetime(2026, 10, 8, 23, 59, 59, tzinfo=utc))

    def test_texts_survive_the_escaping(self):
        rare_earths = self.event("lapse.-.until.0.rare-earth-suspension.us-china@entente")
        self.assertEqual(str(rare_earths["SUMMARY"]), "rare-earth-suspension: LAPSE (until)")
        lines = str(rare_earths["DESCRIPTION"]).split("\n")
        self.assertEqual(lines[0], "CN owes US: Not to apply the six export-control announcements of October 2025")
        self.assertEqual(lines[1], "The text: until 2026-11-10, Asia/Shanghai (there 2026-11-10 00:00 Asia/Shanghai)")
        self.assertIn("cn-announcement-55 (Superhard-material items; DC arc plasma", lines[2])
        self.assertEqual(lines[3], "Status: ON_TRACK → DISPUTED")
        self.assertEqual(lines[-1].split(",")[0], "ledgers/us-china/commitments/rare-earth-suspension")

    def test_the_same_question_gives_the_same_bytes(self):
        self.assertEqual(self.print("--ics"), self.raw)

    def test_entries_keep_their_uids_as_more_becomes_known(self):
        before = ["--as-of", "2026-10-31", "--known-at", "2026-09-01", "--within", "90d"]
        earlier = icalendar.Calendar.from_ical(self.print("--ics", fixed=before))
        earlier = {str(event["UID"]) for event in earlier.walk("VEVENT")}
        # Then all agreed on the end that now is the base text's alone.
        self.assertIn("lapse.-.base.0.us-affiliates-rule-suspension.us-china@entente", earlier)
        self.assertLess(earlier - {uid for uid in earlier if ".coal." in uid}, {str(e["UID"]) for e in self.events})


if __name__ == "__main__":
    unittest.main(verbosity=2)
