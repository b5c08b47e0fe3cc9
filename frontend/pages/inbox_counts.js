// How many wait in each inbox, asked again every half minute while the page is seen.
