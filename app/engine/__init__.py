"""The machines: what to send, what an answer means, what is known. Time is an argument."""
