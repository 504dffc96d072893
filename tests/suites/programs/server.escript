%% server.escript PORT CHAIN KEY any|GROUP|small - a server of Erlang's own TLS that
%% responds to each request with 204.

main([Port, Chain, Key, Option]) ->
    {ok, _} = application:ensure_all_started(ssl),
    Options = [{certfile, Chain}, {keyfile, Key}, {reuseaddr, true},
               {ip, {127, 0, 0, 1}}, {versions, ['tlsv1.3', 'tlsv1.2']},
               {active, false}, binary | more(Option)],
    {ok, Listener} = ssl:listen(list_to_integer(Port), Options),
    accept(Listener, Option).

more("any") -> [];
more("small") -> [{session_tickets, stateless}];
more(Group) -> [{supported_groups, [list_to_atom(Group)]}].

accept(Listener, Option) ->
    {ok, Near} = ssl:transport_accept(Listener),
    case ssl:handshake(Near, 5000) of
        {ok, Socket} -> serve(Socket, <<>>, Option);
        {error, _} -> ok
    end,
    accept(Listener, Option).

%% The body, which begins with a brace, is the last of what the client sends.
serve(Socket, Text, Option) ->
    case binary:match(Text, <<"\r\n\r\n{">>) of
        nomatch ->
            case ssl:recv(Socket, 0, 10000) of
                {ok, More} -> serve(Socket, <<Text/binary, More/binary>>, Option);
                {error, _} -> ok
            end;
        _ ->
            send(Socket, <<"HTTP/1.1 204 No Content\r\n"
                           "X-GitHub-Request-Id: OTHER:1\r\n\r\n">>, Option),
            serve(Socket, <<>>, Option)
    end.

%% A record for each byte.
send(Socket, <<Byte, Rest/binary>>, "small") ->
    ok = ssl:send(Socket, <<Byte>>),
    send(Socket, Rest, "small");
send(_, <<>>, _) -> ok;
send(Socket, Bytes, _) -> ok = ssl:send(Socket, Bytes).
