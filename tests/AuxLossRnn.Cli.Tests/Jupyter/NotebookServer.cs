using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AuxLossRnn.Cli.Tests.Jupyter;

/// <summary>The classic Notebook's server on a free port of this machine, with the files of a folder.</summary>
internal sealed class NotebookServer : IDisposable
{
    private const string Token = "of-this-test";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _told = new();
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _port;

    private NotebookServer(JupyterFolder folder, string python)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _process = folder.StartPython(
            python, "-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={_port}", "--port-retries=0", $"--NotebookApp.token={Token}");
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it and its kernels wrote.</summary>
    internal string Told
    {
        get
        {
            lock (_told)
            {
                return _told.ToString();
            }
        }
    }

    internal static async Task<NotebookServer> StartAsync(JupyterFolder folder, string python)
    {
        var server = new NotebookServer(folder, python);
        try
        {
            await server._listens.Task.WaitAsync(Limit);
            return server;
        }
        catch (TimeoutException)
        {
            server.Dispose();
            throw new InvalidOperationException($"The server does not listen after {Limit}. It wrote:\n{server.Told}");
        }
    }

    internal string Address(string notebook) => $"http://127.0.0.1:{_port}/notebooks/{notebook}?token={Token}";

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        lock (_told)
        {
            _told.AppendLine(line);
        }

        if (line?.Contains($"http://127.0.0.1:{_port}/?token=", StringComparison.Ordinal) == true)
        {
            _listens.TrySetResult();
        }
    }
}
