"""Pages for officials, the desk and citizens: HTML that works without JavaScript, on the same actions and views as the API."""
