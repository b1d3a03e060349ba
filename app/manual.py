"""The words of `--help`: what stands here is all that the command line can do. Imports next to nothing."""

from collections.abc import Sequence

from app import __version__

OVERVIEW = """\
hopscope: ping, traceroute, and the very packets behind every number

  hopscope [HOST...]                the screens: a row a host, its path, its packets
  hopscope ping HOST...             a plain report, like ping's
  hopscope trace HOST...            its path on the screen; with -c, --json or --jsonl a report, like mtr's
  hopscope inspect FILE             the packets of a pcap or pcapng file on the screen, - is standard input
  hopscope decode FILE              the same as plain text or JSON
  hopscope listen                   what this host hears and sends, live
  hopscope neighbours               who routes, queries and speaks on its links
  hopscope errors                   ICMP errors, and the programs that they are about
  hopscope send TEMPLATE            a packet composed by hand, and what answers it
  hopscope mrinfo ROUTER            a multicast router's interfaces and neighbours
  hopscope mtrace ROUTER SOURCE     the way of a source's packets, told by multicast routers
  hopscope simulate [SCENARIO]      a simulated internet for every program: ping, traceroute, dig

A HOST is a name, an IPv4 or IPv6 address, a URL, a block such as 192.0.2.0/24 or a range such as 192.0.2.1-192.0.2.9.
Blocks have 65,536 addresses at most, and share 500 probes a second; many addresses are shown as a map, g turns to rows.
Without one, hopscope watches what this machine depends on: gateways, resolvers, loopback.
With -c, -w, --json or --jsonl, or without a terminal, the report of hopscope ping takes the screens' place.
A host that is called like a command stands behind two dashes: hopscope -- ping

  -F, --file FILE       read hosts from FILE, one a line, # begins a comment; - is standard input
                        HOST@0.2, in a file HOST 0.2 as well: this host has an interval of its own
  -4, -6                use IPv4 only, IPv6 only
      --both            a row for each IP version of a name that has both
  -i, --interval S      seconds between two probes to one host (1; at least 0.002)
  -W, --timeout S       seconds after which a probe without an answer is lost (1)
  -s, --size BYTES      bytes of payload in a probe (56)
  -t, --ttl TTL         TTL or hop limit of a probe (64)
  -A, --adaptive        send the next probe as the answer comes; 0.002 s apart at least, for root as fast as it goes
  -f, --flood           the same, and 100 probes a second in any case; for root, or with -i
  -l, --preload N       N probes at once at first, in flight with -A and -f; above 3 for root
      --sweep FROM-TO[:STEP]  a size after another, STEP (64) bytes apart, instead of -s
      --rate N          at most N probes a second to all hosts together (10000; where a block is among them 500)
      --backoff FACTOR  a silent host's interval grows by FACTOR up to a minute, until it answers
  -Q, --dscp DSCP       differentiated services code point: 0 to 63, EF, CS1, AF41 ...
  -I, --interface NAME  use this interface, or send from this address
      --receive-buffer BYTES  kernel memory for answers that wait to be read (16777216)
  -n, --numeric         show addresses, look up no names
      --ascii           draw with ASCII alone
      --theme NAME      colours of the screens
      --simulate [FILE] measure a simulated internet, or the one that FILE.toml describes; it needs no privilege
      --seed N          the chances of the simulation: the same seed, the same packets
      --save FILE       record every packet sent and received into a pcapng file
  -h, --help            this page; hopscope COMMAND --help says what a command adds
      --version         the version

Defaults may stand in ~/.config/hopscope/config.toml: interval, timeout, size, theme, keys and their like.

  hopscope --simulate                          a first look, without any privilege
  hopscope 192.0.2.1 example.net 2001:db8::1   watch three hosts
  hopscope --both -i 0.2 example.net           IPv4 beside IPv6, five times a second
  hopscope 192.0.2.0/24                        a live map of a block, a cell an address
"""

PING = """\
hopscope ping HOST...: send echo requests and report, like ping does

  -c, --count N         end after N probes to each host; without it, at Ctrl-C
  -w, --deadline S      end after S seconds, whatever was sent; with -c when each host has answered N probes
  -A, --adaptive        send the next probe as the answer comes; 0.002 s apart at least, for root as fast as it goes
  -f, --flood           the same, and 100 probes a second in any case; a dot for each, which its answer takes back.
                        For root; with -i it keeps that interval, and is for everybody
  -l, --preload N       N probes at once at first, in flight with -A and -f; above 3 for root
      --sweep FROM-TO[:STEP]  a size after another, STEP (64) bytes apart, instead of -s: results for each
      --rate N          at most N probes a second to all hosts (10000; with a block 500); intervals are stretched to fit
      --backoff FACTOR  a silent host's interval grows by FACTOR up to a minute, until it answers
      --json            one JSON document at the end (docs/json.md)
      --jsonl           a line of JSON for each event as it happens, then the summary
  -F, --file FILE       read hosts from FILE, one a line, # begins a comment; - is standard input
                        HOST@0.2, in a file HOST 0.2 as well: this host has an interval of its own
  -4, -6                use IPv4 only, IPv6 only
      --both            each IP version of a name that has both
  -i, --interval S      seconds between two probes to one host (1; at least 0.002)
  -W, --timeout S       seconds after which a probe without an answer is lost (1)
  -s, --size BYTES      bytes of payload in a probe (56)
  -t, --ttl TTL         TTL or hop limit of a probe (64)
  -Q, --dscp DSCP       differentiated services code point: 0 to 63, EF, CS1, AF41 ...
  -I, --interface NAME  use this interface, or send from this address
      --receive-buffer BYTES  kernel memory for answers that wait to be read (16777216)
  -n, --numeric         as with ping; a report of hopscope ping never looks up names
      --simulate [FILE] measure a simulated internet, or the one that FILE.toml describes
      --seed N          the chances of the simulation: the same seed, the same packets
      --save FILE       record every packet sent and received into a pcapng file
  -h, --help            this page

Exit status: 0 something answered (with -c and -w: all N probes to some host), 1 nothing did, 2 it could not run,
130 and 143 ended by a signal.

  hopscope ping -c 20 -i 0.05 192.0.2.1
  hopscope ping -c 100 -A 192.0.2.1
  hopscope ping --sweep 64-1472 -i 0.1 -w 10 192.0.2.1
  hopscope ping -F hosts.txt --jsonl | jq 'select(.event == "lost")'
  hopscope ping --simulate -c 20 --json lossy.example
"""

TRACE = """\
hopscope trace HOST...: find the routers on the way and measure each of them, like mtr does

On a terminal it opens the trace screen; with -c, --json or --jsonl, or into a pipe, it prints a report. Many hosts are
traced at once, by one engine: hops that their paths share are asked once, and told as inferred on the other paths.

  -c, --count N         end after N rounds (1)
      --json            one JSON document at the end (docs/json.md)
      --jsonl           a line of JSON for each event as it happens, then the summary
      --method METHOD   icmp, udp or tcp (icmp)
      --port N          destination port of udp and tcp probes (33434; 80)
  -f, --first TTL       begin at this TTL (1)
  -m, --max-hops TTL    end at this TTL (30)
  -F, --file FILE       read hosts from FILE, one a line, # begins a comment; - is standard input
      --rate N          at most N probes a second to all hosts together (10000)
      --flows N         follow N flows at once, 1 to 64: all the routers that share a hop (1)
      --mtu             search for the path MTU by datagrams that may not be fragmented, up to 1500 bytes
  -i, --interval S      seconds between two rounds (1; at least 0.002)
  -W, --timeout S       seconds after which a probe without an answer is lost (1)
  -s, --size BYTES      bytes of payload in a probe (56)
  -4, -6                use IPv4 only, IPv6 only
  -Q, --dscp DSCP       differentiated services code point: 0 to 63, EF, CS1, AF41 ...
  -I, --interface NAME  use this interface, or send from this address
      --receive-buffer BYTES  kernel memory for answers that wait to be read (16777216)
  -n, --numeric         show addresses, look up no names
      --ascii           draw with ASCII alone
      --theme NAME      colours of the screen
      --simulate [FILE] measure a simulated internet, or the one that FILE.toml describes
      --seed N          the chances of the simulation: the same seed, the same packets
      --save FILE       record every packet sent and received into a pcapng file
  -h, --help            this page

Every probe of a flow is the same in what routers choose a path by (Paris traceroute). Flows differ in it: ICMP in its
checksum, UDP in the destination port, TCP in the source port, and over IPv6 in the flow label as well.
Exit status: 0 a host was reached, 1 none was, 2 it could not run, 130 and 143 ended by a signal.

  hopscope trace example.net
  hopscope trace -F hosts.txt --json
  hopscope trace -c 10 --method tcp --port 443 example.net
  hopscope trace --simulate --json lossy.example
"""

DECODE = """\
hopscope decode FILE: the packets of a pcap or pcapng file, a line each; - is standard input

      --json            a JSON document for each packet (docs/json.md)
      --filter EXPR     only the packets that match, in Wireshark's words: 'icmp.type == 11 && ip.src == 192.0.2.0/24'
  -V, --verbose         every field of every header
  -x, --hex             the bytes
  -h, --help            this page

Exit status: 0 all was read, 2 the file could not be read or is damaged; what stands before the damage is printed.

  hopscope decode trace.pcapng
  hopscope decode --filter 'icmp.type == 3' -Vx trace.pcapng
  tcpdump -w - icmp | hopscope decode -
"""

INSPECT = """\
hopscope inspect FILE: the packets of a pcap or pcapng file on the screen, to the bit; - is standard input

A file that grows, a fifo and a pipe are followed; the keys come from the terminal all the same.

      --filter EXPR     begin with the packets that match, in Wireshark's words: 'icmp.type == 11'
      --ascii           draw with ASCII alone
      --theme NAME      colours of the screen
  -h, --help            this page

On the screen ? says what the keys do: / filters, f finds, p jumps to the answer, c compares, x writes packets.
Exit status: 0 it was shown, 2 it could not be, 129 and 143 ended by a signal.

  hopscope inspect trace.pcapng
  tcpdump -U -w - icmp | hopscope inspect -
"""

LISTEN = """\
hopscope listen: every packet that this host is given, and what it sends, live

On a terminal it opens the listen screen; with -t, -n, --json or --jsonl, or into a pipe, it prints a line a packet.
It hears by the device itself (AF_PACKET): own packets, others' packets, ARP and the link layer as well, and nobody can
tell. With --raw it hears what the kernel gives to raw sockets, and joins the groups of the protocols that are named.

  -t, --seconds S       end after S seconds; without it, at Ctrl-C
  -n, --count N         end after N packets
      --protocol NAME,...  only these: icmp, icmpv6, igmp, ospf, pim, vrrp, gre, rsvp, eigrp, arp, lldp ..., or a number
      --filter EXPR     only the packets that match, in Wireshark's words: 'ospf.msg == 1'
  -I, --interface NAME,...  only on these interfaces
      --raw             by raw sockets, one for each protocol
      --json, --jsonl   a JSON document for each packet, then the summary (docs/json.md)
  -V, --verbose         every field of every header
  -x, --bytes           the bytes
      --ascii           draw with ASCII alone
      --theme NAME      colours of the screen
      --simulate [FILE] listen to a simulated network
      --seed N          the chances of the simulation: the same seed, the same packets
      --save FILE       record the packets into a pcapng file
  -h, --help            this page

Exit status: 0 something was heard, 1 nothing was, 2 it could not run, 130 and 143 ended by a signal.

  hopscope listen --protocol ospf,igmp,pim
  hopscope listen -t 60 --jsonl --filter 'icmp.type == 5' | jq .
"""

NEIGHBOURS = """\
hopscope neighbours: who routes, queries and speaks on the links of this host

On a terminal it opens the page; with -t or --json, or into a pipe, it listens for a while and prints what it knows.
It only listens, never advertises and joins no routing protocol; it asks only when told to.

  -t, --seconds S       listen for S seconds (10)
  -I, --interface NAME,...  only on these interfaces
      --solicit         ask the routers to advertise themselves now (RFC 4861, RFC 1256)
      --json            one JSON document (docs/json.md)
      --ascii           draw with ASCII alone
      --theme NAME      colours of the screen
      --simulate [FILE] listen to a simulated network
      --seed N          the chances of the simulation: the same seed, the same packets
  -h, --help            this page

Without privileges it shows what the kernel knows: interfaces, neighbour cache, routes.
Exit status: 0 somebody spoke, 1 nobody did, 2 it could not run, 130 and 143 ended by a signal.

  hopscope neighbours
  hopscope neighbours -t 30 --solicit --json
"""

MRINFO_PAGE = """\
hopscope mrinfo ROUTER: ask a multicast router for its interfaces and neighbours (DVMRP, ask neighbours 2)

      --wait S          seconds to wait for the answer (1)
      --json            one JSON document (docs/json.md)
      --simulate [FILE] ask in a simulated network
      --seed N          the chances of the simulation: the same seed, the same packets
  -h, --help            this page

Exit status: 0 it answered, 1 it did not, 2 it could not run, 130 and 143 ended by a signal.

  hopscope mrinfo 192.0.2.1
"""

MTRACE = """\
hopscope mtrace ROUTER SOURCE [GROUP]: ask a multicast router which way packets of SOURCE come to this host for GROUP

The router, the last before this host, adds what it knows and hands the question on towards SOURCE; the last one
answers. Without a GROUP the way is told that packets to any group would take.

      --wait S          seconds to wait for the answer (1)
      --json            one JSON document (docs/json.md)
      --simulate [FILE] ask in a simulated network
      --seed N          the chances of the simulation: the same seed, the same packets
  -h, --help            this page

Exit status: 0 it was answered, 1 it was not, 2 it could not run, 130 and 143 ended by a signal.

  hopscope mtrace 192.0.2.1 198.51.100.7 239.7.7.7
"""

SEND = """\
hopscope send TEMPLATE [FIELD=VALUE...]: compose a packet by hand, send it, and show what comes back

A TEMPLATE names layers from the outside in, as filters do: ip/icmp, ipv6/udp/dns, ip/tcp, eth/arp. A FIELD is a name
that filters use. Lengths and checksums that are not given are made right; those that are given stay, right or wrong.

      --count N         send it N times (1)
      --rate R          packets a second (1; at most 1000)
      --wait S          seconds to wait for answers behind the last (1)
      --hex FILE        send whole packets from FILE: hex digits from the IP header on, one a line; - is standard input
      --dry-run         print the packet and what the kernel would change; send nothing
      --yes-really      send even so from an address that is not this host's, or to a group or broadcast address
  -I, --interface NAME  leave by this interface
  -V, --verbose         every field of what was sent and of what came back
      --json            one JSON document (docs/json.md)
      --simulate [FILE] send into a simulated network
      --seed N          the chances of the simulation: the same seed, the same packets
      --save FILE       record what was sent and what came back into a pcapng file
  -h, --help            this page

Exit status: 0 something answered or it was a dry run, 1 nothing did, 2 it could not run, 130, 143 ended by a signal.

  hopscope send ip/icmp ip.dst=192.0.2.1 ip.ttl=3
  hopscope send ip/udp/dns ip.dst=192.0.2.53 dns.qry.name=example.net
  hopscope send ip/tcp ip.dst=192.0.2.80 tcp.dstport=80 tcp.flags.syn=1 --dry-run
"""

ERRORS = """\
hopscope errors: every ICMP error that arrives, and the socket and process of this host that it is about

  -t, --seconds S       end after S seconds; without it, at Ctrl-C
      --json, --jsonl   a JSON document for each error (docs/json.md)
      --socket PATH     hand each error to the programs that ask for their own ports there (docs/errors.md)
      --simulate [FILE] of a simulated network
      --seed N          the chances of the simulation: the same seed, the same packets
  -h, --help            this page

Exit status: 0 an error came, 1 none did, 2 it could not run, 130 and 143 ended by a signal.

  hopscope errors
  hopscope errors --jsonl | jq 'select(.known | not)'
"""

SIMULATE = """\
hopscope simulate [SCENARIO.toml]: a simulated internet as a network that every program of this host can use

It stands behind a TUN device and answers in real time, with the delays, the losses and the manners that the scenario
says (docs/simulation.md); without one, the built-in internet of --simulate. It needs CAP_NET_ADMIN, so it runs as root.

      --netns NAME      put the device into this network namespace, made for the run where there is none: with default
                        routes and names of its own, and nothing of this host's network in sight
      --tun NAME        name of the device (sim0); without --netns it stands beside this host's own, and only the
                        addresses of the scenario are routed to it
      --log FILE        a line of JSON for each packet: the way that it took, where it ended and why;
                        - is standard output
      --seed N          the chances of the simulation: the same seed, the same packets
  -t, --seconds S       end after S seconds; without it, at Ctrl-C
  -h, --help            this page

Exit status: 0 it ended as it was told to, by a signal too; 2 it could not run.

  sudo hopscope simulate --netns lab &
  sudo ip netns exec lab traceroute -n lossy.example
  sudo hopscope simulate office.toml --netns lab --log - | jq 'select(.outcome == "dropped") | {where, why}'
"""

_PAGES = {
    "ping": PING,
    "trace": TRACE,
    "decode": DECODE,
    "inspect": INSPECT,
    "listen": LISTEN,
    "neighbours": NEIGHBOURS,
    "mrinfo": MRINFO_PAGE,
    "mtrace": MTRACE,
    "send": SEND,
    "errors": ERRORS,
    "simulate": SIMULATE,
}
COMMANDS = tuple(_PAGES)


def asked_page(argv: Sequence[str]) -> str | None:
    """The page that argv asks for, wherever it asks; None where it asks for none."""
    words = argv[: argv.index("--")] if "--" in argv else argv
    if "--version" in words:
        return f"hopscope {__version__}\n"
    if not {"-h", "--help"} & set(words):
        return None
    return next((_PAGES[word] for word in words if word in _PAGES), OVERVIEW)
