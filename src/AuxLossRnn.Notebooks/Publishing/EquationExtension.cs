using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Equations in Markdown.</summary>
internal sealed class EquationExtension : IMarkdownExtension
{
    /// <inheritdoc/>
    public void Setup(MarkdownPipelineBuilder pipeline)
    {
        pipeline.BlockParsers.Insert(0, new EquationLines());
        pipeline.InlineParsers.Insert(0, new EquationParser());
    }

    /// <inheritdoc/>
    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer) => renderer.ObjectRenderers.Insert(0, new Renderer());

    private sealed class Renderer : HtmlObjectRenderer<EquationInline>
    {
        protected override void Write(HtmlRenderer renderer, EquationInline equation)
        {
            // Within an alternative text, and where only text is asked for, it stays TeX.
            if (renderer.EnableHtmlForInline)
            {
                renderer.Write(equation.Html);
            }
            else if (renderer.EnableHtmlEscape)
            {
                renderer.WriteEscape(equation.Source);
            }
            else
            {
                renderer.Write(equation.Source);
            }
        }
    }
}
