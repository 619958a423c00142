using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Jupyter;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>Notebooks and connection files, damaged in many ways: they are read, or refused by name, and nothing else.</summary>
public sealed class DamagedNotebookTests : IDisposable
{
    private const string Notebook = """
        {
         "cells": [
          {"cell_type": "markdown", "id": "a1", "metadata": {}, "source": ["# A title\n", "and text"], "attachments": {"x.png": {"image/png": "aGVsbG8="}}},
          {"cell_type": "code", "execution_count": 3, "id": "b2", "metadata": {"tags": ["parameters"]}, "source": "1 + 1",
           "outputs": [{"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": ["2"], "application/json": {"a": [1, 2.5]}}},
                       {"output_type": "stream", "name": "stdout", "text": ["hello\n"]},
                       {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["t"]}]},
          {"cell_type": "raw", "id": "c3", "metadata": {}, "source": ""}
         ],
         "metadata": {"kernelspec": {"display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp"}, "language_info": {"name": "C#"}},
         "nbformat": 4,
         "nbformat_minor": 5
        }
        """;

    private const string Connection = """
        {"shell_port": 5001, "iopub_port": 5002, "stdin_port": 5003, "control_port": 5004, "hb_port": 5005, "ip": "127.0.0.1",
         "key": "a0436f6c-1916-498b-8eb9-e81ab9368e84", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": ""}
        """;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Files { get; } = new()
    {
        { "x.ipynb", Notebook },
        { "kernel-1.json", Connection },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Some_damage_is_read_or_refused_by_name(string name, string text) => Damage(name, text, seed: 1, copies: 40);

    [Theory]
    [MemberData(nameof(Files))]
    [Trait("Category", "Slow")]
    public void Much_damage_is_read_or_refused_by_name(string name, string text) => Damage(name, text, seed: 2, copies: 500);

    private void Damage(string name, string text, int seed, int copies)
    {
        string path = _folder.Write(name, text);
        DamagedCopies.Refused(path, seed, copies, name, name == "kernel-1.json" ? () => ConnectionFile.Read(path) : () => NotebookDocument.Read(path));
    }
}
