// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests to the kernel that runs the test: its generic netlink controller is
 * there without any module, answers, dumps and refuses.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>

#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>

#include "lib/context.h"
#include "lib/request.h"

#include "message.h"
#include "suite.h"

static struct tierscope *ts;
static struct tierscope_link *link_;

static void open_all(void)
{
	CU_ASSERT_EQUAL_FATAL(tierscope_new(NULL, &ts), 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_link_open(&link_), 0);
}

static void close_all(void)
{
	tierscope_link_close(link_);
	tierscope_free(ts);
}

static int count(struct nlmsghdr *header, void *data)
{
	CU_ASSERT_EQUAL(header->nlmsg_type, GENL_ID_CTRL);
	++*(int *)data;
	return 0;
}

static int ask_family(const char *name, int *answers,
		      struct tierscope_request *request)
{
	struct nl_msg *message = tierscope_message(GENL_ID_CTRL,
						   CTRL_CMD_GETFAMILY,
						   name ? 0 : NLM_F_DUMP);
	int error;

	*request = (struct tierscope_request){
		.what = "asking the controller", .answer = count,
		.data = answers,
	};
	*answers = 0;
	if (name && nla_put_string(message, CTRL_ATTR_FAMILY_NAME, name))
		abort();
	error = tierscope_call(ts, link_, message, request);
	nlmsg_free(message);
	return error;
}

static void test_ask(void)
{
	struct tierscope_request request;
	int answers;

	open_all();
	/* Twice: nothing of the first answer is left over. */
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(ask_family("nlctrl", &answers, &request), 0);
		CU_ASSERT_EQUAL(answers, 1);
		CU_ASSERT_TRUE(request.answered);
	}
	CU_ASSERT_TRUE(fcntl(tierscope_link_fd(link_), F_GETFD) & FD_CLOEXEC);
	close_all();
}

static void test_dump(void)
{
	struct tierscope_request request;
	int answers;

	open_all();
	CU_ASSERT_EQUAL(ask_family(NULL, &answers, &request), 0);
	CU_ASSERT_TRUE(answers >= 1);
	CU_ASSERT_TRUE(request.answered);
	CU_ASSERT_FALSE(request.interrupted);
	CU_ASSERT_EQUAL(ask_family("nlctrl", &answers, &request), 0);
	CU_ASSERT_EQUAL(answers, 1);
	close_all();
}

static void test_refusal_without_sentence(void)
{
	struct tierscope_request request;
	int answers;

	open_all();
	CU_ASSERT_EQUAL(ask_family("no-such-family", &answers, &request),
			-ENOENT);
	CU_ASSERT_TRUE(request.answered);
	CU_ASSERT_STRING_EQUAL(tierscope_error(ts),
			       "asking the controller: No such file or directory");
	close_all();
}

/* The policy allows names of 15 characters; the kernel says so in words. */
static void test_refusal_with_sentence(void)
{
	struct tierscope_request request;
	int answers;

	open_all();
	CU_ASSERT_TRUE(ask_family("a-name-longer-than-fifteen", &answers,
				  &request) < 0);
	CU_ASSERT_TRUE(request.answered);
	CU_ASSERT_PTR_NULL(strstr(tierscope_error(ts),
				  "asking the controller"));
	CU_ASSERT_TRUE(strlen(tierscope_error(ts)) > 0);
	close_all();
}

static int stop(struct nlmsghdr *header, void *data)
{
	(void)header, (void)data;
	return -ECANCELED;
}

static void test_reader_stops(void)
{
	struct tierscope_request request = {
		.what = "asking the controller", .answer = stop,
	};
	struct nl_msg *message = tierscope_message(GENL_ID_CTRL,
						   CTRL_CMD_GETFAMILY,
						   NLM_F_DUMP);

	open_all();
	CU_ASSERT_EQUAL(tierscope_call(ts, link_, message, &request),
			-ECANCELED);
	CU_ASSERT_FALSE(request.answered);
	nlmsg_free(message);
	close_all();
}

static void test_timeout(void)
{
	struct nlmsghdr *header;
	uint64_t before;

	open_all();
	CU_ASSERT_EQUAL(tierscope_link_next(link_, 0, &header), -EAGAIN);
	before = tierscope_now_ns();
	CU_ASSERT_EQUAL(tierscope_link_next(link_, 20, &header), -EAGAIN);
	CU_ASSERT_TRUE(tierscope_now_ns() - before >= 20000000);
	close_all();
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void test_signal(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value.tv_usec = 20000 };
	struct itimerval never = { 0 };
	struct nlmsghdr *header;

	open_all();
	sigaction(SIGALRM, &action, NULL);
	/* Again and again, in case the first comes before the wait. */
	soon.it_interval = soon.it_value;
	setitimer(ITIMER_REAL, &soon, NULL);
	CU_ASSERT_EQUAL(tierscope_link_next(link_, 30000, &header), -EINTR);
	setitimer(ITIMER_REAL, &never, NULL);
	close_all();
}

/* Another process's message is no answer; one of ours to ourselves shows it. */
static void test_stranger(void)
{
	struct sockaddr_nl address;
	socklen_t length = sizeof(address);
	struct tierscope_link *stranger;
	struct nlmsghdr *header;
	struct nlmsghdr fake = {
		.nlmsg_len = sizeof(fake), .nlmsg_type = 0x20,
	};
	ssize_t sent;

	open_all();
	CU_ASSERT_EQUAL_FATAL(tierscope_link_open(&stranger), 0);
	CU_ASSERT_EQUAL_FATAL(getsockname(tierscope_link_fd(link_),
					  (struct sockaddr *)&address,
					  &length), 0);
	sent = sendto(tierscope_link_fd(stranger), &fake, sizeof(fake), 0,
		      (struct sockaddr *)&address, sizeof(address));
	/* Only CAP_NET_ADMIN may do that at all. */
	CU_ASSERT_TRUE(sent == sizeof(fake) || errno == EPERM);
	CU_ASSERT_EQUAL(tierscope_link_next(link_, 0, &header), -EAGAIN);
	tierscope_link_close(stranger);
	close_all();
}

static void test_errnos(void)
{
	/* NLE_INTR is 2, as ENOENT is. */
	CU_ASSERT_EQUAL(tierscope_netlink_errno(-2), -EINTR);
	CU_ASSERT_EQUAL(tierscope_netlink_errno(5), -ENOMEM);
	CU_ASSERT_EQUAL(tierscope_netlink_errno(0), 0);
	for (int nle = -64; nle <= 64; nle++)
		CU_ASSERT_TRUE(nle == 0 || tierscope_netlink_errno(nle) < 0);
}

/* With the module loaded it answers, without it the sentence says what to do;
 * there is no third way. */
static void test_module(void)
{
	struct tierscope_placement *placement = NULL;
	int error;

	open_all();
	error = tierscope_placement_get(ts, getpid(), 0, &placement);
	if (access("/sys/module/tierscope", F_OK) == 0) {
		CU_ASSERT_EQUAL_FATAL(error, 0);
		CU_ASSERT_EQUAL(placement->pid, getpid());
	} else {
		CU_ASSERT_EQUAL(error, -ENOENT);
		CU_ASSERT_PTR_NULL(placement);
		CU_ASSERT_STRING_EQUAL(tierscope_error(ts),
				       "the tierscope module is not loaded: load it with modprobe tierscope");
	}
	tierscope_placement_free(placement);
	close_all();
}

static const struct suite_test tests[] = {
	{ "a question", test_ask },
	{ "a dump", test_dump },
	{ "a refusal without a sentence", test_refusal_without_sentence },
	{ "a refusal with a sentence", test_refusal_with_sentence },
	{ "the reader stops", test_reader_stops },
	{ "nothing comes", test_timeout },
	{ "a signal", test_signal },
	{ "a stranger's message", test_stranger },
	{ "errors of libnl", test_errnos },
	{ "the module or a sentence", test_module },
};

SUITE_MAIN("request", tests)
