using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Notebooks.Session;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>What every notebook of the kit keeps to, so that all read alike and run in every host.</summary>
public sealed class NotebookContractTests
{
    private const int MostLines = 20;
    private const string UsingBelowCode = "CS1529";

    public static TheoryData<string> Notebooks => [.. Directory.GetFiles(Checkout.Notebooks, "*.ipynb").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void A_notebook_keeps_to_the_contract(string name)
    {
        string[] breaches = [.. Breaches(File.ReadAllText(Path.Combine(Checkout.Notebooks, name)))];

        Assert.True(breaches.Length == 0, $"notebooks/{name}:\n  {string.Join("\n  ", breaches)}");
    }

    [Theory]
    [InlineData("\"nbformat_minor\": 5", "\"nbformat_minor\": 4", "format 4.5")]
    [InlineData("\"name\": \".net-csharp\"", "\"name\": \"python3\"", "kernelspec")]
    [InlineData("\"id\": \"b\"", "\"id\": \"a\"", "cell a: another cell has this id")]
    [InlineData("\"the question\"", "\"\"", "cell b: no prose before it")]
    [InlineData("\"parameters\"", "\"other\"", "0 cells have the tag parameters")]
    [InlineData("int seed = 1;", "var seed = 1;", "cell b: var seed")]
    [InlineData("int seed = 1;", "int seed;", "cell b: int seed")]
    [InlineData("int seed = 1;", "Random seed = new();", "cell b: Random seed")]
    [InlineData("int seed = 1;", "int seed = 1; seed++;", "cell b: besides parameters")]
    [InlineData("int x = 2;", "int x = 2;\\nusing System.IO;", "cell d: a using below code")]
    [InlineData("int x = 2;", "using var x = new System.IO.StringWriter();", "cell d: using var at the top level")]
    [InlineData("int x = 2;", "using (var x = new System.IO.StringWriter()) { }", "cell d: using at the top level")]
    [InlineData("int x = 2;", "display(2);", "cell d: display(")]
    [InlineData("int x = 2;", "HTML(\\\"x\\\")", "cell d: HTML(")]
    [InlineData("int x = 2;", "namespace N { }", "cell d: it is no C#: Cannot declare namespace")]
    [InlineData("int x = 2;", "int x = ;", "cell d: it is no C#")]
    [InlineData("int x = 2;", "#r \\\"/tmp/x.dll\\\"", "cell d: #r \"/tmp/x.dll\"")]
    [InlineData("int x = 2;", "#r \\\"nuget: X, 1.0.0\\\"", "cell d: #r \"nuget: X, 1.0.0\"")]
    [InlineData("int seed = 1;\"] },", "#r \\\"../x.dll\\\"\\nint seed = 1;\"] }, { \"cell_type\": \"code\", \"id\": \"g\", \"metadata\": {}, \"outputs\": [], \"source\": [\"#r \\\"../y.dll\\\"\"] },", "cell g: a second cell with #r")]
    [InlineData("int x = 2;", "1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1\\n+1", "cell d: 21 lines")]
    [InlineData("\"execution_count\": 2", "\"execution_count\": null", "cell d: it has not been run")]
    [InlineData("\"execution_count\": 2", "\"execution_count\": 7", "run from the top")]
    [InlineData("\"output_type\": \"display_data\"", "\"output_type\": \"error\"", "cell d: an error")]
    [InlineData("\"a remark\"", "\"\"", "cell d: no remark after what it shows")]
    [InlineData("holds: ", "does not hold: ", "the last code cell")]
    [InlineData("throw new Exception()", "1", "the last code cell")]
    public void A_breach_is_told_with_its_cell(string kept, string broken, string told)
    {
        string good = """
            {
             "cells": [
              { "cell_type": "markdown", "id": "a", "metadata": {}, "source": ["the question"] },
              { "cell_type": "code", "execution_count": 1, "id": "b", "metadata": { "tags": ["parameters"] }, "outputs": [], "source": ["int seed = 1;"] },
              { "cell_type": "markdown", "id": "c", "metadata": {}, "source": ["what is done"] },
              { "cell_type": "code", "execution_count": 2, "id": "d", "metadata": {},
                "outputs": [{ "output_type": "display_data", "data": {}, "metadata": {} }], "source": ["int x = 2;"] },
              { "cell_type": "markdown", "id": "e", "metadata": {}, "source": ["a remark"] },
              { "cell_type": "code", "execution_count": 3, "id": "f", "metadata": {},
                "outputs": [{ "output_type": "stream", "name": "stdout", "text": ["holds: it"] }],
                "source": ["Console.WriteLine(x == 2 ? \"it\" : throw new Exception());"] }
             ],
             "metadata": { "kernelspec": { "display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp" } },
             "nbformat": 4,
             "nbformat_minor": 5
            }
            """;
        Assert.Empty(Breaches(good));
        Assert.Contains(kept, good, StringComparison.Ordinal);

        Assert.Contains(Breaches(good.Replace(kept, broken, StringComparison.Ordinal)), breach => breach.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void No_two_notebooks_have_a_function_in_common()
    {
        var functions =
            from name in Notebooks
            from cell in NotebookDocument.Read(Path.Combine(Checkout.Notebooks, name)).Cells
            where cell.IsCode
            from node in Parse(cell).DescendantNodes()
            where node is MethodDeclarationSyntax or LocalFunctionStatementSyntax
            select (Name: name.Data, Text: node.NormalizeWhitespace().ToString());
        string[] copied = [.. functions.Distinct().GroupBy(function => function.Text).Where(same => same.Count() > 1)
            .Select(same => $"{string.Join(" and ", same.Select(one => one.Name))}: {same.Key}")];

        Assert.True(copied.Length == 0, $"These belong into the library:\n  {string.Join("\n  ", copied)}");
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void A_notebook_changes_a_spec_where_a_reader_can_try_it(string name) =>
        Assert.Contains(NotebookDocument.Read(Path.Combine(Checkout.Notebooks, name)).Cells, cell => cell.IsCode && Parse(cell).DescendantNodes()
            .OfType<WithExpressionSyntax>().Any(change => change.ToFullString().Contains("try ", StringComparison.Ordinal)));

    private static IEnumerable<string> Breaches(string json)
    {
        JsonNode root = JsonNode.Parse(json)!;
        if ((root["nbformat"], root["nbformat_minor"]) is not (JsonValue major, JsonValue minor) || ((int)major, (int)minor) != (4, 5))
        {
            yield return "it is to be of the format 4.5; save it with a current editor";
        }

        if ((string?)root["metadata"]?["kernelspec"]?["name"] != KernelSpec.Name)
        {
            yield return $"its kernelspec is to be {KernelSpec.Name}; choose the kernel \".NET (C#)\" and save it";
        }

        IReadOnlyList<NotebookCell> cells = NotebookDocument.Parse(json, "it").Cells;
        foreach (NotebookCell cell in cells.GroupBy(cell => cell.Id).SelectMany(same => same.Skip(1)))
        {
            yield return $"cell {cell.Id}: another cell has this id; each needs its own";
        }

        NotebookCell[] parameters = [.. cells.Where(cell => cell.IsCode && cell.Tags.Contains("parameters"))];
        if (parameters.Length != 1)
        {
            yield return $"{parameters.Length} cells have the tag parameters; one is to have it";
        }

        for (int i = 0; i < cells.Count; i++)
        {
            NotebookCell cell = cells[i];
            string? text = cell.IsCode && !(i > 0 && IsProse(cells[i - 1])) ? "no prose before it; say what it does" : null;
            bool shows = cell.IsCode && cell.Outputs.Any(output => (string?)output!["output_type"] is "display_data" or "execute_result" && IsFigure(output!));
            text ??= shows && !(i + 1 < cells.Count && IsProse(cells[i + 1])) ? "no remark after what it shows; say what is to be seen" : null;
            IEnumerable<string> all = cell.IsCode ? [.. text is null ? [] : new[] { text }, .. CellBreaches(cell)] : [];
            foreach (string breach in all)
            {
                yield return $"cell {cell.Id}: {breach}";
            }
        }

        NotebookCell[] code = [.. cells.Where(cell => cell.IsCode)];
        foreach (NotebookCell cell in code.Where(cell => CellParts.Split(cell.Source).Any(part => part.Kind == "r")).Skip(1))
        {
            // .NET Interactive takes the kit's types for others after a second one.
            yield return $"cell {cell.Id}: a second cell with #r; name all files in the first";
        }

        if (!code.Select(cell => cell.ExecutionCount ?? 0).SequenceEqual(Enumerable.Range(1, code.Length)))
        {
            yield return "its cells were not run from the top; run `auxloss notebook run` and commit what it writes";
        }

        bool asserts = code.LastOrDefault() is NotebookCell last
            && Parse(last).DescendantNodes().Any(node => node is ThrowExpressionSyntax or ThrowStatementSyntax
                || (node is InvocationExpressionSyntax call && call.Expression.ToString() == "Claim.Check"))
            && Printed(last).Any(line => line.StartsWith("holds: ", StringComparison.Ordinal))
            && !Printed(last).Any(line => line.StartsWith("does not hold: ", StringComparison.Ordinal));
        if (!asserts)
        {
            yield return "the last code cell is to check the claims: Claim.Check throws where one does not hold, and prints \"holds: …\" for each";
        }
    }

    private static IEnumerable<string> CellBreaches(NotebookCell cell)
    {
        int lines = cell.Source.Split('\n').Count(line => line.Trim() is { Length: > 0 } text
            && !text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith("#r", StringComparison.Ordinal) && !text.StartsWith("using ", StringComparison.Ordinal));
        if (lines > MostLines)
        {
            yield return $"{lines} lines of code; {MostLines} at most, the rest belongs into the library or another cell";
        }

        foreach (string reference in CellParts.Split(cell.Source).Where(part => part.Kind == "r").Select(part => part.Text)
            .Where(path => !path.StartsWith("../", StringComparison.Ordinal)))
        {
            yield return $"#r \"{reference}\" is no relative path; refer to the built library, ../src/…/AuxLossRnn.dll";
        }

        CompilationUnitSyntax root = Parse(cell);
        if (root.DescendantNodes().OfType<UsingDirectiveSyntax>().Any(directive => directive.Name?.ToString() == "var"))
        {
            // A script reads it as the directive.
            yield return "using var at the top level; cells cannot have it: put it into a function";
            yield break;
        }

        if (root.GetDiagnostics().Any(problem => problem.Id == UsingBelowCode))
        {
            yield return "a using below code; usings come first";
            yield break;
        }

        if (root.GetDiagnostics().Any(problem => problem.Severity == DiagnosticSeverity.Error))
        {
            yield return $"it is no C#: {root.GetDiagnostics().First(problem => problem.Severity == DiagnosticSeverity.Error).GetMessage()}";
            yield break;
        }

        foreach (MemberDeclarationSyntax member in root.Members)
        {
            if (member is GlobalStatementSyntax { Statement: UsingStatementSyntax })
            {
                yield return "using at the top level; put it into a function";
            }
        }

        foreach (IdentifierNameSyntax called in root.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Select(call => call.Expression).OfType<IdentifierNameSyntax>().Where(called => called.Identifier.Text is "display" or "HTML"))
        {
            yield return $"{called.Identifier.Text}( is one host's own; end the cell with the value, or call what shows itself";
        }

        if (cell.Tags.Contains("parameters"))
        {
            foreach (string breach in ParameterBreaches(root))
            {
                yield return breach;
            }
        }

        if (cell.ExecutionCount is null)
        {
            yield return "it has not been run; run `auxloss notebook run` and commit what it writes";
        }

        if (cell.Outputs.Any(output => (string?)output!["output_type"] == "error"))
        {
            yield return "an error among its outputs; mend it and run the notebook again";
        }
    }

    private static IEnumerable<string> ParameterBreaches(CompilationUnitSyntax root)
    {
        foreach (MemberDeclarationSyntax member in root.Members)
        {
            if (member is not FieldDeclarationSyntax field)
            {
                yield return $"besides parameters it has \"{member.ToString().Trim()}\"; put that into the cell after it";
            }
            else if (field.Declaration.Type.ToString() is not ("bool" or "int" or "long" or "double" or "string")
                || field.Declaration.Variables.Any(variable => variable.Initializer is null))
            {
                yield return $"{field.Declaration} is to be a bool, int, long, double or string with a value, its type written out";
            }
        }
    }

    private static CompilationUnitSyntax Parse(NotebookCell cell) => CSharpSyntaxTree.ParseText(
        string.Join("\n", CellParts.Split(cell.Source).Where(part => part.Kind == CellParts.CSharp).Select(part => part.Text)),
        CSharpSession.ParseOptions).GetCompilationUnitRoot();

    private static bool IsProse(NotebookCell cell) => !cell.IsCode && !string.IsNullOrWhiteSpace(cell.Source);

    private static bool IsFigure(JsonNode output) =>
        (string?)output["output_type"] == "display_data" || output["data"]?["text/html"] is not null;

    private static IEnumerable<string> Printed(NotebookCell cell) => cell.Outputs
        .Where(output => (string?)output!["output_type"] == "stream")
        .SelectMany(output => NotebookJson.Text(output!["text"]!).Split('\n'));
}
