using AuxLossRnn.Notebooks.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Text;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Completes and explains code of a cell that is being written, after the cells that ran.</summary>
/// <remarks>Nothing is built before it is first asked. It is two projects, however many cells ran: theirs, and the new cell's.</remarks>
/// <param name="folder">Where the paths of directives begin.</param>
/// <param name="references">What the cells refer to.</param>
internal sealed class CodeHelp(string folder, Func<IReadOnlyList<MetadataReference>> references) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly EarlierCells _earlier = new();
    private readonly List<Compilation> _ran = [];
    private readonly ProjectId _earlierProject = ProjectId.CreateNewId();
    private readonly ProjectId _cellProject = ProjectId.CreateNewId();
    private AdhocWorkspace? _workspace;
    private Solution? _solution;
    private DocumentId? _earlierDocument;
    private DocumentId? _cellDocument;
    private int _referred;

    /// <summary>Remembers a cell that ran.</summary>
    public void Add(Compilation cell)
    {
        lock (_gate)
        {
            _ran.Add(cell);
        }
    }

    public async Task<CompletionList> CompleteAsync(string cell, int position, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, cell.Length);
        CellPlace place = CellParts.At(cell, position);
        if (place.IsDirective)
        {
            return DirectiveHelp.Complete(cell[place.LineStart..position], position, folder);
        }

        if (place.Language != CellParts.CSharp)
        {
            return new CompletionList([], position, position);
        }

        Document document = Open(place.Code);
        CompletionService service = CompletionService.GetService(document)!;
        var list = await service.GetCompletionsAsync(document, position, cancellationToken: cancellation);
        string typed = place.Code[list.Span.Start..position];
        // What changes other places as well, by a using, a cast or a snippet, cannot be told by its text.
        string[] matches = [.. list.ItemsList
            .Where(item => !item.IsComplexTextEdit && item.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(item => item.DisplayText)
            .Distinct()];
        return new CompletionList(matches, list.Span.Start, position);
    }

    public async Task<MimeBundle?> InspectAsync(string cell, int position, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, cell.Length);
        CellPlace place = CellParts.At(cell, position);
        if (place.IsDirective || place.Language != CellParts.CSharp)
        {
            return null;
        }

        Document document = Open(place.Code);
        QuickInfoService service = QuickInfoService.GetService(document)!;
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation))!;
        // What a number is needs no explanation.
        QuickInfoItem? item = root.FindToken(position).Parent is LiteralExpressionSyntax ? null
            : await service.GetQuickInfoAsync(document, position, cancellation);
        item ??= await service.GetQuickInfoAsync(document, Invoked(root, position) ?? position, cancellation);

        return item is null ? null
            : ValueFormats.Text(ValueFormats.Plain, string.Join("\n", item.Sections.Select(section => section.Text)));
    }

    public void Dispose() => _workspace?.Dispose();

    // Between the parentheses of a call, it is the call that is asked about.
    private static int? Invoked(SyntaxNode root, int position)
    {
        ArgumentListSyntax? list = root.FindToken(Math.Max(0, position - 1)).Parent?.AncestorsAndSelf().OfType<ArgumentListSyntax>().FirstOrDefault(
            list => list.OpenParenToken.Span.End <= position && (list.CloseParenToken.IsMissing || position <= list.CloseParenToken.SpanStart));
        ExpressionSyntax? called = list?.Parent switch
        {
            InvocationExpressionSyntax call => call.Expression,
            ObjectCreationExpressionSyntax made => made.Type,
            _ => null,
        };
        return called switch
        {
            MemberAccessExpressionSyntax member => member.Name.SpanStart,
            MemberBindingExpressionSyntax member => member.Name.SpanStart,
            QualifiedNameSyntax type => type.Right.SpanStart,
            _ => called?.SpanStart,
        };
    }

    private Document Open(string code)
    {
        lock (_gate)
        {
            bool more = _ran.Count > 0;
            _ran.ForEach(_earlier.Add);
            _ran.Clear();
            IReadOnlyList<MetadataReference> referred = references();
            if (_solution is null || _referred != referred.Count)
            {
                _workspace ??= new AdhocWorkspace(MefHostServices.DefaultHost);
                Solution solution = With(_workspace.CurrentSolution, _earlierProject, "Earlier", [], referred);
                solution = With(solution, _cellProject, "Cell", [new ProjectReference(_earlierProject)], referred);
                _referred = referred.Count;
                _earlierDocument = DocumentId.CreateNewId(_earlierProject);
                _cellDocument = DocumentId.CreateNewId(_cellProject);
                _solution = solution.AddDocument(_earlierDocument, "Earlier", _earlier.Text).AddDocument(_cellDocument, "Cell", code);
            }
            else
            {
                _solution = more ? _solution.WithDocumentText(_earlierDocument!, SourceText.From(_earlier.Text)) : _solution;
                _solution = _solution.WithDocumentText(_cellDocument!, SourceText.From(code));
            }

            return _solution.GetDocument(_cellDocument!)!;
        }
    }

    private static Solution With(
        Solution solution, ProjectId project, string name, IEnumerable<ProjectReference> projects, IEnumerable<MetadataReference> references) =>
        solution.AddProject(ProjectInfo.Create(
            project, VersionStamp.Create(), name, name, LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, usings: CSharpSession.Imports, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Annotations),
            parseOptions: CSharpSession.ParseOptions,
            projectReferences: projects,
            metadataReferences: references,
            isSubmission: true,
            hostObjectType: typeof(NotebookGlobals)));
}
