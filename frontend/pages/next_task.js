// Going on to the next task of the list after acting.
